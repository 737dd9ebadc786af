import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FrameReader } from '../../../infra/local/rocketmq-admin/frame-reader.ts';

const framed = (content: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};

describe('FrameReader', () => {
  it('gives the same frames however the bytes are cut', () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(contents, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, cuts) => {
        const seen: Buffer[] = [];
        const reader = new FrameReader((frame) => seen.push(Buffer.from(frame)));
        const bytes = Buffer.concat(frames.map(framed));
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          reader.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(seen).toEqual(frames.map((frame) => Buffer.from(frame)));
      }),
    );
  });
});
