/** Records that are acknowledged together. */
export class AckUnit {
  acknowledged = false;
  /** Which partitions the records are of. */
  readonly partitions = new Set<string>();
}
