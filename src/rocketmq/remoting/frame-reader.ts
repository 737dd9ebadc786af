/** No answer of RocketMQ is larger. What claims to be is another protocol. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Cuts a stream of bytes into frames, each preceded by its length (4 bytes, big-endian, itself not counted). */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Returns the frames that `chunk` completes, without their length. Throws when the stream can't be RocketMQ's. */
  *push(chunk: Buffer): Generator<Buffer> {
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
