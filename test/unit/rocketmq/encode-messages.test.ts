import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import service from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import { grpcEncoding } from '../../../src/rocketmq/grpc/encode-messages.ts';
import { problem } from '../../../src/rocketmq/limits.ts';
import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';

const MIB = 1024 * 1024;

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter((each) => !/[\p{Cc}\s|]/u.test(each));
const message: fc.Arbitrary<OutgoingMessage> = fc.record(
  {
    body: fc.uint8Array({ minLength: 1, maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    keys: fc.array(text, { maxLength: 3 }),
    properties: fc
      .array(fc.tuple(text, text), { maxLength: 4 })
      .map((entries) => new Map(entries.map(([name, value]): [string, string] => [`p-${name}`, value]))),
    tag: text,
    group: fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 63 }).filter((each) => !/\p{Cc}/u.test(each)),
    deliverAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  },
  { requiredKeys: ['body', 'keys', 'properties', 'group', 'deliverAt'] },
);

/** What RocketMQ's own code reads. */
const decode = (body: Buffer) => service.SendMessageRequest.deserializeBinary(body).getMessagesList();

describe('messages in a request over gRPC', () => {
  it.each([undefined, 'FIFO', 'DELAY'] as const)("are what RocketMQ's own code reads, in a topic of type %s", (type) => {
    const encoding = grpcEncoding('größe%orders', type);
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), fc.boolean(), (given, isShared) => {
        // Messages of one source often have the same properties, and those are encoded once.
        const messages = isShared ? given.map((each) => ({ ...each, properties: (given[0] as OutgoingMessage).properties })) : given;
        const { body, count } = encoding.encode(messages, 0, messages.length, 4 * MIB);
        expect(count).toBe(type === undefined ? messages.length : 1);
        const read = decode(body);
        expect(read).toHaveLength(count);
        for (const [index, each] of read.entries()) {
          const sent = messages[index] as OutgoingMessage;
          const system = each.getSystemProperties();
          expect(each.getTopic()?.getName()).toBe('größe%orders');
          expect(Buffer.from(each.getBody_asU8())).toEqual(sent.body);
          expect(new Map(each.getUserPropertiesMap().getEntryList())).toEqual(sent.properties);
          expect(system?.getKeysList()).toEqual(sent.keys);
          expect(system?.hasTag() ? system.getTag() : undefined).toBe(sent.tag);
          expect(system?.hasMessageGroup() ? system.getMessageGroup() : undefined).toBe(type === 'FIFO' ? sent.group : undefined);
          const time = system?.getDeliveryTimestamp()?.toDate().getTime();
          expect(time).toBe(type === 'DELAY' ? sent.deliverAt : undefined);
          expect(system?.getMessageType()).toBe(definition.MessageType[type ?? 'NORMAL']);
        }
      }),
    );
  });

  it('have no more properties than a proxy takes, and are as long as with those', () => {
    const encoding = grpcEncoding('orders', undefined);
    const properties = new Map(Array.from({ length: 650 }, (_, index) => [`h${index}`, 'v'.repeat(43)]));
    const message = { body: Buffer.from('x'), keys: [], properties };
    // What JSON adds makes them more than a broker stores.
    expect(problem(message)).toBeUndefined();
    expect(encoding.problem(message, 4 * MIB)).toContain('RocketMQ stores at most 32767');
    expect(encoding.encode([message], 0, 1, 4 * MIB).count).toBe(0);
    const sent = { ...message, properties: new Map([...properties].slice(0, 300)) };
    const [read] = decode(encoding.encode([sent], 0, 1, 4 * MIB).body);
    expect(read?.getUserPropertiesMap().getLength()).toBe(128);
  });

  it('have a group that a proxy takes, the same for the same group', () => {
    const encoding = grpcEncoding('orders', 'FIFO');
    const sentAs = (group: string) => {
      const { body } = encoding.encode([{ body: Buffer.from('x'), keys: [], properties: new Map(), group }], 0, 1, MIB);
      return decode(body)[0]?.getSystemProperties()?.getMessageGroup() as string;
    };
    const groups = ['g'.repeat(63), 'g'.repeat(64), 'h'.repeat(64), 'ü'.repeat(31), 'ü'.repeat(32), 'g'.repeat(10_000)];
    const sent = groups.map(sentAs);
    expect(sent).toEqual(groups.map(sentAs));
    expect(new Set(sent).size).toBe(groups.length);
    for (const [index, group] of sent.entries()) {
      expect(Buffer.byteLength(group)).toBeLessThan(64);
      if (Buffer.byteLength(groups[index] as string) < 64) expect(group).toBe(groups[index]);
    }
  });

  it('have ids that differ', () => {
    const encoding = grpcEncoding('orders', undefined);
    const messages = Array.from({ length: 500 }, () => ({ body: Buffer.from('x'), keys: [], properties: new Map() }));
    const ids = [0, 1].flatMap(() => {
      const { body } = encoding.encode(messages, 0, messages.length, 4 * MIB);
      return decode(body).map((each) => each.getSystemProperties()?.getMessageId());
    });
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^01[0-9A-F]{32}$/);
  });

  it('stay below the limit of a request, and before a message that may not be sent', () => {
    const encoding = grpcEncoding('orders', undefined);
    const large = { body: Buffer.alloc(MIB), keys: [], properties: new Map() };
    const { body, count } = encoding.encode([large, large, large, large, large], 0, 5, 4 * MIB);
    expect([count, body.length < 4 * MIB]).toEqual([3, true]);
    expect(encoding.encode([large, { ...large, body: Buffer.alloc(0) }, large], 0, 3, 4 * MIB).count).toBe(1);
    expect(encoding.encode([{ ...large, body: Buffer.alloc(0) }], 0, 1, 4 * MIB).count).toBe(0);
  });
});
