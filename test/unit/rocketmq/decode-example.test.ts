import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DecodedHeader, decode } from '../../../examples/decode-message.ts';
import { type TypedHeader, typedHeaders } from '../../../src/kit/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { records } from './records.ts';

/** RocketMQ keeps the order of one name's values only. */
const sorted = (headers: readonly (DecodedHeader | TypedHeader)[]) =>
  headers
    .map(({ name, value, type }) => ({ name, value: value?.toString('hex') ?? null, ...(type !== undefined && { type }) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

const value = fc.option(fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)));
const type = fc.constantFrom({}, {}, { type: 'int32' }, { type: 'table' });
const header = (name: fc.Arbitrary<string>): fc.Arbitrary<TypedHeader> =>
  fc.tuple(name, value, type).map(([text, bytes, typed]) => ({ name: text, value: bytes, ...typed }));
/** Names that connectors give, names that are escaped, and what is nearly one. */
const likeGiven = fc
  .tuple(
    fc.constantFrom('', 'user:', 'user:user:', 'User:'),
    fc.constantFrom('header-types', 'rabbitmq-exchange', 'jms-type', 'connect-key'),
  )
  .map(([before, name]) => before + name);
const userName = fc.oneof(
  likeGiven,
  fc.constantFrom('color', '__proto__', 'header-type', 'rabbitmq', 'user'),
  fc.string({ unit: 'grapheme' }),
);

describe('the example of a consumer', () => {
  it('gives back key, value, headers and timestamp of every record', () => {
    fc.assert(
      fc.property(records, (record) => {
        const headers = typedHeaders([], record.headers);
        const decoded = decode(recordToMessage('orders', { ...record, headers }));
        const { key, value: content, timestamp } = record;
        expect({ ...decoded, headers: sorted(decoded.headers) }).toEqual({
          place: expect.stringMatching(/^orders\//),
          key,
          value: content,
          timestamp,
          headers: sorted(record.headers),
          given: [],
        });
      }),
    );
  });

  it('tells the headers of the user from those that the connector gives, with the types of both, whatever they are called', () => {
    const given = fc.uniqueArray(header(fc.constantFrom('rabbitmq-exchange', 'jms-type', 'jms-annotation-é')), {
      selector: ({ name }) => name,
    });
    const users = fc.array(header(userName), { maxLength: 6 });
    fc.assert(
      fc.property(records, given, users, (record, own, theirs) => {
        const decoded = decode(recordToMessage('orders', { ...record, headers: typedHeaders(own, theirs) }));
        expect(sorted(decoded.headers)).toEqual(sorted(theirs));
        expect(sorted(decoded.given)).toEqual(sorted(own));
      }),
    );
  });
});
