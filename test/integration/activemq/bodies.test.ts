import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea, { type Message } from 'rhea';
import type { SourceRecord } from '../../../src/api/index.ts';
import { HEADER_TYPES } from '../../../src/kit/index.ts';
import { stackAddresses } from '../../support/stack.ts';
import { ActivemqLab, headersOf } from './activemq-lab.ts';

const { types } = rhea as unknown as { types: Record<string, (value: unknown) => unknown> };
const { data_section, data_sections, sequence_section, sequence_sections } = rhea.message as unknown as Record<
  string,
  (value: unknown) => unknown
>;
const typed = (name: string, value: unknown) => types[name]?.(value);
/** As JMS clients over AMQP mark their messages. */
const marked = (mark: number) => ({ message_annotations: { 'x-opt-jms-msg-type': typed('wrap_byte', mark) } });

/** Artemis stores AMQP messages as they come: what a client of AMQP has sent is what the source reads. */
describe('a message of an AMQP client', () => {
  let lab: ActivemqLab;
  beforeAll(async () => {
    lab = await ActivemqLab.open((await stackAddresses()).artemis);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  async function copyOf(message: object): Promise<SourceRecord> {
    const { records } = await lab.run({ queues: [await lab.queue([message as Message])] });
    return records[0] as SourceRecord;
  }

  it.each([
    { name: 'nothing', body: null, kind: 'message', value: null },
    { name: 'text', body: 'Größe', kind: 'text', value: 'Größe' },
    { name: 'binary', body: typed('wrap_binary', Buffer.from([0, 255])), kind: 'bytes', value: Buffer.from([0, 255]) },
    { name: 'data', body: data_section?.(Buffer.from([0, 255])), kind: 'bytes', value: Buffer.from([0, 255]) },
    {
      name: 'data in parts',
      body: data_sections?.([Buffer.from('one '), Buffer.from('and more')]),
      kind: 'bytes',
      value: 'one and more',
    },
    { name: 'a sequence', body: sequence_section?.(['a', typed('wrap_int', 5)]), kind: 'stream', value: '{"list":["a",{"int":5}]}' },
    {
      name: 'sequences',
      body: sequence_sections?.([['a'], [typed('wrap_int', 5)]]),
      kind: 'stream',
      value: '{"sequences":[{"list":["a"]},{"list":[{"int":5}]}]}',
    },
    { name: 'a list', body: typed('wrap_list', [true]), kind: 'stream', value: '{"list":[true]}' },
    { name: 'a map', body: typed('wrap_map', { a: typed('wrap_short', 5) }), kind: 'map', value: '{"map":{"a":{"short":5}}}' },
    { name: 'a number', body: typed('wrap_ulong', 5), kind: 'value', value: '{"ulong":"5"}' },
    { name: 'a time', body: typed('wrap_timestamp', 1_700_000_000_000), kind: 'value', value: '{"timestamp":"1700000000000"}' },
  ])('whose body is $name', async ({ body, kind, value }) => {
    const record = await copyOf({ body });
    expect(record.value).toEqual(typeof value === 'string' ? Buffer.from(value) : value);
    expect(headersOf(record)).toMatchObject({ 'jms-message-type': kind });
  });

  it.each([
    { mark: 0, body: null, kind: 'message' },
    { mark: 1, body: data_section?.(Buffer.from('serialized')), kind: 'object' },
    { mark: 2, body: typed('wrap_map', {}), kind: 'map' },
    { mark: 3, body: typed('wrap_binary', Buffer.from('bytes')), kind: 'bytes' },
    { mark: 4, body: sequence_section?.([]), kind: 'stream' },
    { mark: 5, body: null, kind: 'text' },
  ])('that is marked $mark is of kind $kind', async ({ mark, body, kind }) => {
    expect(headersOf(await copyOf({ ...marked(mark), body }))).toMatchObject({ 'jms-message-type': kind });
  });

  it('keeps the types of properties, annotations and ids', async () => {
    const record = await copyOf({
      message_id: typed('wrap_uuid', Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
      correlation_id: typed('wrap_ulong', 7),
      application_properties: {
        text: 'Größe',
        count: typed('wrap_uint', 5),
        at: typed('wrap_timestamp', 0),
        char: typed('wrap_char', 223),
      },
      message_annotations: { 'x-opt-shop': typed('wrap_symbol', 'north') },
      body: 'body',
    });
    expect(record.id).toBe('uuid:00112233-4455-6677-8899-aabbccddeeff');
    expect(String(record.key)).toBe('00112233-4455-6677-8899-aabbccddeeff');
    const headers = headersOf(record);
    expect(headers).toMatchObject({ text: 'Größe', count: '5', at: '0', char: 'ß', 'jms-annotation-x-opt-shop': 'north' });
    expect(headers).toMatchObject({ 'jms-message-id': '00112233-4455-6677-8899-aabbccddeeff', 'jms-correlation-id': '7' });
    expect(JSON.parse(headers[HEADER_TYPES] ?? '')).toMatchObject({
      'jms-message-id': 'uuid',
      'jms-correlation-id': 'ulong',
      count: 'uint',
      at: 'timestamp',
      char: 'char',
      'jms-annotation-x-opt-shop': 'symbol',
    });
  });
});
