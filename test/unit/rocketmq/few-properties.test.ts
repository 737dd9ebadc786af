import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Header } from '../../../src/api/index.ts';
import { fewProperties } from '../../../src/rocketmq/grpc/few-properties.ts';
import { problem } from '../../../src/rocketmq/limits.ts';
import { messageToRecord, recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { byName, carried, mapped, records, sourceRecord } from './records.ts';

const MOST = 128;

const numbered = (count: number): Header[] =>
  Array.from({ length: count }, (_, index) => ({ name: `h${index}`, value: Buffer.from(`v${index}`) }));
const propertiesOf = (headers: Header[]) => recordToMessage('orders', sourceRecord({ headers })).properties;
const headersOf = (properties: ReadonlyMap<string, string>): readonly Header[] =>
  messageToRecord(carried({ body: Buffer.from('v'), keys: ['k'], properties })).headers;

describe('the properties of a message over gRPC', () => {
  it('are no more than a proxy takes, and give back every header of any record', () => {
    const many = fc.nat(300).map(numbered);
    fc.assert(
      fc.property(records, many, many, (record, before, after) => {
        const all = { ...record, headers: [...before, ...record.headers, ...after] };
        const message = recordToMessage('orders', all);
        const sent = { ...message, properties: fewProperties(message.properties) };
        expect(sent.properties.size).toBeLessThanOrEqual(MOST);
        expect(problem(sent)).toBeUndefined();
        expect(byName(messageToRecord(carried(sent)))).toEqual(byName(mapped('orders', all)));
      }),
    );
  });

  it('stay as they are where a proxy takes so many', () => {
    // One property has the time.
    const properties = propertiesOf(numbered(MOST - 1));
    expect(properties.size).toBe(MOST);
    expect(fewProperties(properties)).toBe(properties);
  });

  it('remain what consumers can filter by as far as they fit, the first headers before the last', () => {
    const few = fewProperties(propertiesOf(numbered(MOST)));
    const kept = numbered(MOST - 2).map(({ name }) => name);
    expect([...few.keys()]).toEqual(['connect-timestamp', ...kept, 'connect-headers']);
    expect(few.get('connect-headers')).toBe('[["h126","v126"],["h127","v127"]]');
  });

  it('keep the headers together that could not be properties anyway, in their order', () => {
    const others = ['first', 'second', null].map((text) => ({ name: 'again', value: text === null ? null : Buffer.from(text) }));
    const found = headersOf(fewProperties(propertiesOf([...numbered(MOST), ...others])));
    expect(found.slice(-3)).toEqual(others);
    expect(found).toHaveLength(MOST + 3);
  });

  it('are made once for messages that share them', () => {
    const [one, other] = [propertiesOf(numbered(200)), propertiesOf(numbered(201))];
    const made = fewProperties(one);
    expect(fewProperties(one)).toBe(made);
    expect(fewProperties(other).get('connect-headers')).not.toBe(made.get('connect-headers'));
    expect(fewProperties(one)).toEqual(made);
  });

  it.each(['no JSON', '{"not":"a list"}'])('are left alone where another program has put this into connect-headers: %s', (text) => {
    const properties = new Map([...propertiesOf(numbered(200)), ['connect-headers', text]]);
    expect(fewProperties(properties)).toBe(properties);
  });

  it("keep their room for this project's own, as those of dead letters", () => {
    const own = Array.from({ length: 10 }, (_, index): [string, string] => [`connect-error-${index}`, 'x']);
    const few = fewProperties(new Map([...propertiesOf(numbered(200)), ...own]));
    expect(few.size).toBe(MOST);
    expect([...few]).toEqual(expect.arrayContaining(own));
    expect(headersOf(few)).toHaveLength(200);
  });
});
