/** Keys of one queue of which a record became a dead letter: what comes later of them becomes one, too. */
export interface ParkedKeys {
  readonly connector: string;
  /** `topic:broker:queue`. */
  readonly queue: string;
  /** The place of the first dead letter of each key, `offset@storedAt`, by a hash of the key. */
  readonly keys: ReadonlyMap<string, string>;
  /** Counts the writes of the item. */
  readonly version: number;
}
