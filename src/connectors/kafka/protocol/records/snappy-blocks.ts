/** How snappy's Java library begins a stream; Kafka's producers in Java write these. */
const STREAM = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic bytes and two versions. */
const STREAM_HEADER_BYTES = 16;
const LENGTH_BYTES = 4;

/** The compressed blocks of a batch: one alone, or those of one or several streams. Throws Error where one is cut. */
export function snappyBlocks(data: Buffer): Buffer[] {
  if (!isStream(data, 0)) return [data];
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    if (isStream(data, at)) {
      at += STREAM_HEADER_BYTES;
      if (at > data.length) throw new Error('its snappy data is cut');
      continue;
    }
    const start = at + LENGTH_BYTES;
    const end = start > data.length ? Number.POSITIVE_INFINITY : start + data.readUInt32BE(at);
    if (end > data.length) throw new Error('its snappy data is cut');
    blocks.push(data.subarray(start, end));
    at = end;
  }
  return blocks;
}

const isStream = (data: Buffer, at: number): boolean => data.subarray(at, at + STREAM.length).equals(STREAM);
