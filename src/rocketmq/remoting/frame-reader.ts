/** No answer of RocketMQ is larger. What claims to be is another protocol. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Cuts a stream of bytes into frames, each preceded by its length (4 bytes, big-endian, itself not counted). */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Returns the frames that `chunk` completes, without their length. Throws when the stream can't be RocketMQ's. */
  *push(chunk: Buffer): Generator<Buffer> {
    if (this.#length === 0) this.#chunks = [];
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) yield frame;
  }

  #next(): Buffer | undefined {
    if (this.#length < 4) return undefined;
    const first = this.#chunks[0] as Buffer;
    const size = 4 + (first.length < 4 ? this.#join() : first).readUInt32BE(0);
    if (size > MAX_FRAME_BYTES) throw new Error('the answer is not in the remoting protocol');
    if (this.#length < size) return undefined;
    this.#length -= size;
    if (first.length >= size) {
      this.#chunks[0] = first.subarray(size);
      return first.subarray(4, size);
    }
    // The frame ends in the chunk that came last: what follows it there needs no copy.
    const last = this.#chunks.at(-1) as Buffer;
    const rest = last.subarray(last.length - this.#length);
    const frame = Buffer.concat(this.#chunks, size);
    this.#chunks = [rest];
    return frame.subarray(4);
  }

  #join(): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
