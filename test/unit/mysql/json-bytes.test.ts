import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonBytes, jsonText, textJson } from '../../../src/connectors/mysql/values/json-bytes.ts';

/** Characters that are escaped at every place of a group of four bytes, among those of one to four bytes. */
const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\0', '\x1f', ' ', '!', '\x7f', 'é', '\u2028', '漢', '😀'), maxLength: 40 });

describe('JSON written as bytes', () => {
  it('is what JSON.stringify makes of a text', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(jsonText(textJson(Buffer.from(value)))).toBe(JSON.stringify(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stands for bytes that are no UTF-8 as they are read as text', () => {
    expect(textJson(Buffer.from([0x61, 0xff]))).toBe('"a\ufffd"');
  });

  it('keeps values apart and whole, however large they are', () => {
    const parts = fc.oneof(
      text.map((value) => ({ json: JSON.stringify(value) as string | Buffer, reads: value })),
      fc.constantFrom(1, 1_000, 200_000, 600_000).map((length) => ({ json: Buffer.alloc(length, 'x'), reads: 'x'.repeat(length) })),
    );
    fc.assert(
      fc.property(fc.array(fc.array(parts, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }), (values) => {
        const out = new JsonBytes();
        const taken = values.map((list) => {
          out.text('[');
          for (const [at, { json }] of list.entries()) {
            if (at > 0) out.text(',');
            out.value(json);
          }
          out.text(']');
          return out.take();
        });
        expect(taken.map((bytes) => JSON.parse(bytes.toString()))).toEqual(values.map((list) => list.map(({ reads }) => reads)));
      }),
      { numRuns: 50 },
    );
  });
});
