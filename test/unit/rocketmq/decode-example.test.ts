import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode } from '../../../examples/decode-message.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { records } from './records.ts';

const sorted = (headers: ReadonlyArray<readonly [string, Buffer | null]>) =>
  headers.map(([name, value]) => [name, value?.toString('hex') ?? null]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

describe('the example of a consumer', () => {
  it('gives back key, value, headers and timestamp of every record', () => {
    fc.assert(
      fc.property(records, (record) => {
        const decoded = decode(recordToMessage('orders', record));
        const { key, value, timestamp } = record;
        expect({ ...decoded, headers: sorted(decoded.headers) }).toEqual({
          place: expect.stringMatching(/^orders\//),
          key,
          value,
          timestamp,
          headers: sorted(record.headers.map(({ name, value: content }) => [name, content])),
        });
      }),
    );
  });
});
