import { describe, expect, it } from '@jest/globals';
import type { SourceRecord } from '../../../src/api/index.ts';
import { routeOf, targetOf } from '../../../src/connectors/kafka/config/routes.ts';
import { userHeaderName } from '../../../src/kit/index.ts';

const record = (...headers: ReadonlyArray<readonly [string, string | null]>): SourceRecord => ({
  partition: 'orders-0',
  id: '7',
  position: '8',
  key: null,
  value: null,
  headers: headers.map(([name, value]) => ({ name, value: value === null ? null : Buffer.from(value) })),
});

describe('the RocketMQ topic of a Kafka topic', () => {
  it.each([
    [{}, 'orders', undefined],
    [{ topicMap: { orders: 'a' } }, 'orders', 'a'],
    [{ topicMap: { orders: 'a' } }, 'toString', undefined],
    [{ topicTemplate: 'x_{{topic}}' }, 'shop.orders.v1', 'x_shop_orders_v1'],
    [{ topicMap: { 'shop.orders': 'a' }, topicTemplate: '{{topic}}' }, 'shop.orders', 'a'],
    [{ topicMap: { 'shop.orders': 'a' }, topicTemplate: '{{topic}}' }, 'stock', 'stock'],
  ])('with %j of %s is %s', (options, topic, target) => {
    expect(targetOf(options, topic)).toBe(target);
  });
});

describe('a record on its way', () => {
  it('stays as it is where nothing is asked for', () => {
    expect(routeOf({}, 'orders')).toBeUndefined();
  });

  it('gets topic and tag', () => {
    expect(routeOf({ topicTemplate: '{{topic}}', tag: 'kafka' }, 'orders')?.(record())).toMatchObject({ topic: 'orders', tag: 'kafka' });
  });

  it('has the tag of its header, the last one of that name, or else the fixed one', () => {
    const route = routeOf({ tag: 'fixed', tagHeader: 'type' }, 'orders') as (given: SourceRecord) => SourceRecord;
    const tags = [record(['type', 'a'], ['type', 'b']), record(), record(['type', null]), record(['type', ''])].map(
      (given) => route(given).tag,
    );
    expect(tags).toEqual(['b', 'fixed', 'fixed', 'fixed']);
  });

  it('has the tag of a header that travels under another name', () => {
    const given = record([userHeaderName('jms-type'), 'order']);
    expect(routeOf({ tagHeader: 'jms-type' }, 'orders')?.(given).tag).toBe('order');
  });

  it.each(['two words', 'a||b', 'line\n', 'x'.repeat(256)])('is refused where its header is no tag: %j', (text) => {
    const refused = routeOf({ tag: 'fixed', tagHeader: 'type' }, 'orders')?.(record(['type', text]))?.refused;
    expect(refused).toMatchObject({
      code: 'RECORD_REFUSED',
      message: expect.stringMatching(/^partition orders-0, record at offset 7: header type/),
    });
  });
});
