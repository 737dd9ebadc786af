/** A packet from the server, its payload from `offset` to `end`. */
export interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
}
