/** What a client asks. */
export interface RemotingRequest {
  readonly code: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /**
   * The server must not carry it out after the next request: it rejects as Unanswered after its time. Default: as TIMEOUT, and it is
   * forgotten.
   */
  readonly ordered?: boolean;
}

/** What a server answers; `code` 0 is success. */
export interface RemotingResponse {
  readonly code: number;
  readonly remark: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Header {
  readonly code: number;
  readonly flag: number;
  readonly opaque: number;
  readonly remark?: string;
  readonly extFields?: Readonly<Record<string, string>>;
}

/** The version of RocketMQ 4.9.4. From there on route answers are standard JSON. */
const PROTOCOL_VERSION = 401;
const RESPONSE_FLAG = 1;

/**
 * Makes the head of a request frame. The request's body follows it as it is, uncopied.
 * The layout of a frame: length of the rest (4 bytes), encoding (1 byte, 0 is JSON), length of the header (3 bytes), header, body.
 */
export function encodeHead(request: RemotingRequest, opaque: number): Buffer {
  const header = JSON.stringify({
    code: request.code,
    language: 'OTHER',
    version: PROTOCOL_VERSION,
    opaque,
    flag: 0,
    extFields: request.fields,
  });
  const length = Buffer.byteLength(header);
  const head = Buffer.allocUnsafe(8 + length);
  head.writeUInt32BE(4 + length + (request.body?.length ?? 0), 0);
  head.writeUInt32BE(length, 4);
  head.write(header, 8);
  return head;
}

/** Decodes an answer. Returns undefined for a request of the server's own. Throws on what is not a frame. */
export function decodeFrame(frame: Buffer): { opaque: number; response: RemotingResponse } | undefined {
  const end = 4 + (frame.readUInt32BE(0) & 0xffffff);
  const header = JSON.parse(frame.toString('utf8', 4, end)) as Header;
  if ((header.flag & RESPONSE_FLAG) === 0) return undefined;
  const response = { code: header.code, remark: header.remark ?? '', fields: header.extFields ?? {}, body: frame.subarray(end) };
  return { opaque: header.opaque, response };
}
