const FRAME = 0x184d2204;
const CONTENT_CHECKSUM = 1 << 2;
const CONTENT_SIZE = 1 << 3;
const BLOCK_CHECKSUM = 1 << 4;
const DICTIONARY = 1;
/** Set in the length of a block that is not compressed. */
const STORED = 0x8000_0000;
/** Nibbles that are full, and bytes that are, go on in the next byte. */
const NIBBLE_GOES_ON = 15;
const BYTE_GOES_ON = 255;
const MIN_MATCH = 4;

/** Decompresses one LZ4 frame, as RocketMQ's Java clients write message bodies. Throws RangeError where it is cut, damaged or becomes larger than `maxBytes`. */
export function lz4Decompress(frame: Buffer, maxBytes: number): Buffer {
  const out = new Output(maxBytes);
  for (const block of blocksOf(frame)) {
    if (block.isStored) out.append(block.bytes, 0, block.bytes.length);
    else decompressBlock(block.bytes, out);
  }
  return out.content();
}

interface Block {
  readonly bytes: Buffer;
  readonly isStored: boolean;
}

/** Reads past the end throw RangeError. Checksums are not compared: RocketMQ has one over the whole message. */
function* blocksOf(frame: Buffer): Generator<Block> {
  if (frame.readUInt32LE(0) !== FRAME) throw new RangeError('it is no LZ4 frame');
  const flags = frame.readUInt8(4);
  let at = 7 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  for (;;) {
    const length = frame.readUInt32LE(at);
    at += 4;
    if (length === 0) break;
    const isStored = length >= STORED;
    const end = at + (isStored ? length - STORED : length);
    if (end > frame.length) throw new RangeError('the LZ4 frame is cut');
    yield { bytes: frame.subarray(at, end), isStored };
    at = end + (flags & BLOCK_CHECKSUM ? 4 : 0);
  }
  if (at + (flags & CONTENT_CHECKSUM ? 4 : 0) !== frame.length) throw new RangeError('the LZ4 frame has another length than it says');
}

/** A block is a row of sequences: some bytes as they are, then a match, which repeats bytes that came before. The last has no match. */
function decompressBlock(block: Buffer, out: Output): void {
  let at = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble === NIBBLE_GOES_ON) {
      let more: number;
      do {
        more = block.readUInt8(at++);
        sum += more;
      } while (more === BYTE_GOES_ON);
    }
    return sum;
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const literals = length(token >> 4);
    out.append(block, at, at + literals);
    at += literals;
    if (at === block.length) return;
    const distance = block.readUInt16LE(at);
    at += 2;
    out.repeat(distance, length(token & NIBBLE_GOES_ON) + MIN_MATCH);
  }
}

/** Grows as it is written. A match may reach back into earlier blocks. */
class Output {
  readonly #maxBytes: number;
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(from: Buffer, start: number, end: number): void {
    if (end > from.length) throw new RangeError('an LZ4 block is cut');
    this.#makeRoom(end - start);
    from.copy(this.#bytes, this.#used, start, end);
    this.#used += end - start;
  }

  /** A match may overlap what it writes: `distance` 1 repeats one byte. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.#used) throw new RangeError('an LZ4 block refers to bytes before its begin');
    this.#makeRoom(count);
    const end = this.#used + count;
    for (let from = this.#used - distance; this.#used < end; ) {
      const part = Math.min(this.#used - from, end - this.#used);
      this.#bytes.copyWithin(this.#used, from, from + part);
      this.#used += part;
    }
  }

  content(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }

  #makeRoom(count: number): void {
    const wanted = this.#used + count;
    if (wanted > this.#maxBytes) throw new RangeError(`it becomes larger than ${this.#maxBytes} bytes`);
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(wanted, 2 * this.#bytes.length)));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
