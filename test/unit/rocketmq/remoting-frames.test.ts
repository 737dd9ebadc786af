import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signed } from '../../../src/rocketmq/remoting/credentials.ts';
import { decodeFrame, encodeHead } from '../../../src/rocketmq/remoting/frame.ts';
import { FrameReader } from '../../../src/rocketmq/remoting/frame-reader.ts';

const framed = (content: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};

describe('frames of the remoting protocol', () => {
  it('are the same however the stream is cut', () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(contents, cuts, (frames, sizes) => {
        const reader = new FrameReader();
        const bytes = Buffer.concat(frames.map(framed));
        const seen: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          seen.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(seen).toEqual(frames.map((frame) => Buffer.from(frame)));
      }),
    );
  });

  it('are known from another protocol by their length', () => {
    expect(() => [...new FrameReader().push(Buffer.from('HTTP/1.1 400 Bad Request'))]).toThrow('not in the remoting protocol');
  });

  it('hold length, encoding, header and body', () => {
    const head = encodeHead({ code: 105, fields: { topic: 'käse' }, body: Buffer.alloc(3) }, 7);
    expect(head.readUInt32BE(0)).toBe(head.length - 4 + 3);
    expect(head.readUInt32BE(4)).toBe(head.length - 8);
    expect(JSON.parse(head.toString('utf8', 8))).toMatchObject({ code: 105, opaque: 7, flag: 0, extFields: { topic: 'käse' } });
  });

  it('that a server sends on its own account are not answers', () => {
    const header = JSON.stringify({ code: 40, flag: 0, opaque: 1 });
    const frame = Buffer.concat([Buffer.from([0, 0, 0, header.length]), Buffer.from(header)]);
    expect(decodeFrame(frame)).toBeUndefined();
  });
});

describe('a signature', () => {
  it('covers the values in the order of their names, and the body', () => {
    const body = Buffer.from([1, 2, 3]);
    const { fields } = signed({ code: 10, fields: { b: 'second', a: 'first' }, body }, { accessKey: 'me', secretKey: 'secret' });
    const signature = createHmac('sha1', 'secret').update('me').update('firstsecond').update(body).digest('base64');
    expect(fields).toEqual({ a: 'first', b: 'second', AccessKey: 'me', Signature: signature });
  });
});
