/** Cuts a stream of bytes into frames that each start with their length (4 bytes, big-endian, itself not counted). */
export class FrameReader {
  readonly #onFrame: (frame: Buffer) => void;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) this.#onFrame(frame);
  }

  #next(): Buffer | undefined {
    if (this.#length < 4) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < 4) this.#join();
    const size = 4 + (this.#chunks[0]?.readUInt32BE(0) ?? 0);
    if (this.#length < size) return undefined;
    const all = this.#join();
    this.#chunks = [all.subarray(size)];
    this.#length -= size;
    return all.subarray(4, size);
  }

  #join(): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
