import { describe, expect, it } from '@jest/globals';
import { toRecord } from '../../../src/connectors/activemq/read/record-mapping.ts';

const hex = (...parts: string[]) => Buffer.from(parts.join(''), 'hex');
const at = { partition: 'orders', position: '1', source: 'queue orders', fallbackId: 'fallback' };
const record = (bytes: Buffer, format = 0) => toRecord({ bytes, format }, at);
/** A text body, and properties that begin with this id. */
const withId = (id: string) => hex('005373d0', sized(4 + id.length / 2), '00000001', id, TEXT);
const sized = (bytes: number) => bytes.toString(16).padStart(8, '0');
const TEXT = '005377a1026869';
const properties = (...pairs: Array<[name: string, value: string]>) => {
  const body = pairs
    .flatMap(([name, value]) => [`a1${name.length.toString(16).padStart(2, '0')}`, Buffer.from(name).toString('hex'), value])
    .join('');
  return `005374d1${sized(4 + body.length / 2)}${sized(pairs.length * 2)}${body}`;
};

describe('the record of a message', () => {
  it('has the body of sections that are named instead of numbered', () => {
    const symbol = Buffer.from('amqp:amqp-value:*').toString('hex');
    expect(record(hex('00a311', symbol, 'a1026869'))).toMatchObject({ value: Buffer.from('hi') });
  });

  it.each([
    ['a text', 'a1026964', 'id'],
    ['bytes', 'a002ff00', 'binary:ff00'],
    ['other bytes', 'a002fe00', 'binary:fe00'],
    ['a number', '5307', 'ulong:7'],
    ['a text that looks like a number', `a107${Buffer.from('ulong:7').toString('hex')}`, 'string:ulong:7'],
    ['nothing', '40', 'fallback'],
    ['an empty text', 'a100', 'fallback'],
  ])('has an id of its own for a message id that is %s', (_what, id, expected) => expect(record(withId(id)).id).toBe(expected));

  it('has a name that lasts where it has no id of its own', () => {
    const delivered = (deliveries: string) => record(hex('005370c0070540404040', deliveries, TEXT));
    expect(delivered('5201').lastingId?.()).toMatch(/^sha256:/);
    expect(delivered('5201').lastingId?.()).toBe(delivered('5202').lastingId?.());
    expect(record(withId('a1026964'))).not.toHaveProperty('lastingId');
  });

  it('tells a time before 1970, and none that no date can be', () => {
    const created = (time: string) => hex('005373c0130a', '404040404040404040', '83', time, TEXT);
    expect(record(created('fffffffffffffc18')).timestamp).toBe(-1_000);
    expect(record(created('7fffffffffffffff'))).not.toHaveProperty('timestamp');
  });
});

describe('what is no message', () => {
  it.each([
    ['a section that nobody knows', hex('005399a0026869', TEXT)],
    ['a body of two kinds', hex('005375a00100', TEXT)],
    ['two values', hex(TEXT, TEXT)],
    ['data that is no binary', hex('00537545')],
    ['a text that is no UTF-8', hex('005377a102c328')],
    ['properties that are a map', hex('005373c10100', TEXT)],
    ['an end in the middle', hex('005377a10568')],
  ])('is a refused record with its bytes: %s', (_what, bytes) => {
    expect(record(bytes)).toMatchObject({ value: bytes, key: null, refused: { code: 'RECORD_REFUSED', retriable: false } });
  });

  it('is refused where its format is not that of AMQP', () => expect(record(hex(TEXT), 7).refused?.message).toContain('format is 7'));

  it('has the same name each time it is delivered', () => {
    const broken = '005399a0026869';
    expect(record(hex('005370c0070540404040', '5202', broken)).id).toBe(record(hex(broken)).id);
    expect(record(hex('005399a0026868')).id).not.toBe(record(hex(broken)).id);
  });
});

describe('a message that the broker does not hand out whole', () => {
  const marked = (kind: string) => {
    const name = Buffer.from('x-opt-jms-msg-type').toString('hex');
    return `005372c1${(1 + 2 + 18 + 2).toString(16)}02a312${name}51${kind}`;
  };
  const large = (size: number, body: string, mark: string) =>
    hex(marked(mark), properties(['_AMQ_LARGE_COMPRESSED', '41'], ['_AMQ_LARGE_SIZE', `81${size.toString(16).padStart(16, '0')}`]), body);

  it.each([
    ['bytes', '03', '005375a003010203', 3],
    ['a text of five units', '05', '005377a10568656c6c6f', 15],
    ['an object', '01', '005375a003010203', 7],
  ])('is told by its size, of %s', (_what, mark, body, size) => {
    expect(record(large(size, body, mark))).not.toHaveProperty('refused');
    expect(record(large(size + 1, body, mark))).toMatchObject({ refused: { code: 'WRONG_KIND', retriable: false } });
  });

  it('is told by what Artemis writes instead', () => {
    const said = Buffer.from('Conversion to AMQP error: x');
    expect(record(hex(marked('00'), '005377a1', said.length.toString(16), said.toString('hex'))).refused?.code).toBe('WRONG_KIND');
  });

  it('is told by a serialized object that ends early', () => {
    const bytes = 'aced0005757200025b42acf317f8060854e00200007870000000030102';
    expect(record(hex(marked('01'), '005375a0', (bytes.length / 2).toString(16), bytes)).refused?.message).toContain('ends early');
    expect(record(hex(marked('01'), '005375a0', (bytes.length / 2 + 1).toString(16), bytes, '03'))).not.toHaveProperty('refused');
  });
});
