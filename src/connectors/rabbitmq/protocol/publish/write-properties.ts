import { isUtf8 } from 'node:buffer';
import { ConnectError } from '../../../../api/index.ts';
import type { TypedHeader } from '../../../../kit/index.ts';
import { type BasicProperties, HIGHEST_FLAG, PROPERTIES } from '../basic-properties.ts';

const MAX_SHORT_BYTES = 255;
/** How a name stands in a record that is no text. */
const BINARY_NAME = /^binary:((?:[0-9a-f]{2})+)$/;

/**
 * Encodes flags and values of a content header: the inverse of `readBasicProperties`. Throws RECORD_REFUSED with the name of the property or
 * header that AMQP can't have like this.
 */
export function writeBasicProperties({ properties, headers }: BasicProperties): Buffer {
  const parts: Buffer[] = [];
  let flags = 0;
  for (const [index, [name, kind]] of PROPERTIES.entries()) {
    const value = properties.get(name);
    if (kind === 'headers' ? headers.length === 0 : value === undefined) continue;
    flags |= 1 << (HIGHEST_FLAG - index);
    if (kind === 'headers') parts.push(table(headers.map((header) => [header.name, fieldOf(header)])));
    else if (kind === 'text') parts.push(shortText(value as Buffer, `its ${name}`));
    else parts.push(scalar(kind === 'octet' ? 'uint8' : 'timestamp', String(value), `its ${name}`).subarray(1));
  }
  const head = Buffer.alloc(2);
  head.writeUInt16BE(flags);
  return Buffer.concat([head, ...parts]);
}

/** `what`: for errors. */
export function shortText(bytes: Buffer, what: string): Buffer {
  if (bytes.length > MAX_SHORT_BYTES) throw refused(`${what} has ${bytes.length} bytes, and AMQP takes ${MAX_SHORT_BYTES}`);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** A value as it stands in a table: a byte for its type, then the value. */
type Field = Buffer;

interface Scalar {
  readonly tag: string;
  readonly bytes: number;
  readonly write: (into: Buffer, text: string) => void;
}

const whole = (tag: string, bytes: number, write: (into: Buffer, value: bigint) => void): Scalar => ({
  tag,
  bytes,
  write: (into, text) => {
    if (!/^-?\d{1,20}$/.test(text)) throw new RangeError('no whole number');
    write(into, BigInt(text));
  },
});
const floating = (tag: string, bytes: number, write: (into: Buffer, value: number) => void): Scalar => ({
  tag,
  bytes,
  write: (into, text) => {
    const value = Number(text);
    if (text.trim() === '' || (Number.isNaN(value) && text !== 'NaN')) throw new RangeError('no number');
    write(into, value);
  },
});

/** By the names that `readBasicProperties` gives. Buffers refuse what is out of range. */
const SCALARS: Readonly<Record<string, Scalar>> = {
  boolean: { tag: 't', bytes: 1, write: (into, text) => into.writeUInt8(truth(text)) },
  int8: whole('b', 1, (into, value) => into.writeInt8(Number(value))),
  uint8: whole('B', 1, (into, value) => into.writeUInt8(Number(value))),
  int16: whole('s', 2, (into, value) => into.writeInt16BE(Number(value))),
  uint16: whole('u', 2, (into, value) => into.writeUInt16BE(Number(value))),
  int32: whole('I', 4, (into, value) => into.writeInt32BE(Number(value))),
  uint32: whole('i', 4, (into, value) => into.writeUInt32BE(Number(value))),
  int64: whole('l', 8, (into, value) => into.writeBigInt64BE(value)),
  timestamp: whole('T', 8, (into, value) => into.writeBigInt64BE(value)),
  float: floating('f', 4, (into, value) => into.writeFloatBE(value)),
  double: floating('d', 8, (into, value) => into.writeDoubleBE(value)),
  decimal: { tag: 'D', bytes: 5, write: writeDecimal },
};

function truth(text: string): number {
  if (text !== 'true' && text !== 'false') throw new RangeError('neither true nor false');
  return text === 'true' ? 1 : 0;
}

function writeDecimal(into: Buffer, text: string): void {
  const [, sign, units = '', places = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined) throw new RangeError('no decimal');
  into.writeUInt8(places.length);
  into.writeInt32BE(Number(`${sign}${units}${places}`), 1);
}

function scalar(type: string, text: string, what: string): Field {
  const { tag, bytes, write } = SCALARS[type] as Scalar;
  const value = Buffer.alloc(bytes);
  try {
    write(value, text);
  } catch {
    throw refused(`${what} is ${JSON.stringify(text.slice(0, 40))}, which is no value of AMQP's type ${type}`);
  }
  return Buffer.concat([Buffer.from(tag), value]);
}

const VOID: Field = Buffer.from('V');

function fieldOf({ name, value, type }: TypedHeader): Field {
  const what = `its header ${JSON.stringify(name.slice(0, 40))}`;
  if (value === null) return VOID;
  if (type === undefined) return sized('S', value);
  if (type === 'bytes') return sized('x', value);
  if (SCALARS[type] !== undefined) return scalar(type, value.toString(), what);
  if (type !== 'array' && type !== 'table')
    throw refused(`${what} has the type ${JSON.stringify(type.slice(0, 40))}, which AMQP does not have`);
  const field = nestedField(parsed(value, what), what);
  const isTable = field[0] === 'F'.charCodeAt(0);
  if (isTable !== (type === 'table')) throw refused(`${what} is no ${type}`);
  return field;
}

function parsed(value: Buffer, what: string): unknown {
  try {
    return JSON.parse(value.toString());
  } catch {
    throw refused(`${what} is no JSON, in which tables and arrays are written`);
  }
}

/** A value inside a table or array, from the JSON that `readBasicProperties` makes of it. */
function nestedField(value: unknown, what: string): Field {
  if (value === null) return VOID;
  if (typeof value === 'string') return sized('S', Buffer.from(value));
  if (typeof value === 'boolean') return scalar('boolean', String(value), what);
  if (typeof value === 'number') return scalar(numberType(value), String(value), what);
  if (Array.isArray(value)) return sized('A', Buffer.concat(value.map((item) => nestedField(item, what))));
  const entries = Object.entries(value as object);
  if (!Object.hasOwn(value as object, '!')) return tableField(entries, what);
  const { '!': type, value: content } = value as { readonly '!': unknown; readonly value?: unknown };
  if (type === 'table' && Array.isArray(content)) return tableField(content as Array<[string, unknown]>, what);
  if (typeof type === 'string' && typeof content === 'string') {
    if (type === 'string' || type === 'bytes') return sized(type === 'string' ? 'S' : 'x', Buffer.from(content, 'base64'));
    if (SCALARS[type] !== undefined) return scalar(type, content, what);
  }
  throw refused(`${what} holds a value of the type ${JSON.stringify(type)}, which AMQP does not have`);
}

function numberType(value: number): string {
  if (!Number.isSafeInteger(value)) return 'double';
  return value === (value | 0) ? 'int32' : 'int64';
}

const tableField = (entries: ReadonlyArray<[string, unknown]>, what: string): Field =>
  Buffer.concat([Buffer.from('F'), table(entries.map(([name, value]) => [name, nestedField(value, what)]))]);

function table(fields: ReadonlyArray<readonly [name: string, field: Field]>): Buffer {
  const content = fields.flatMap(([name, field]) => [shortText(nameBytes(name), 'the name of one of its headers'), field]);
  return sized('', Buffer.concat(content));
}

function nameBytes(name: string): Buffer {
  const bytes = Buffer.from(BINARY_NAME.exec(name)?.[1] ?? '', 'hex');
  return bytes.length > 0 && !isUtf8(bytes) ? bytes : Buffer.from(name);
}

function sized(tag: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([Buffer.from(tag), length, content]);
}

const refused = (message: string) =>
  new ConnectError('RECORD_REFUSED', message, { remedy: 'let its producer write what AMQP 0-9-1 can carry' });
