import { fitsDouble, isWholeNumber } from './double-digits.ts';
import { isRawNumber } from './exact-json.ts';
import { type FieldType, shortName } from './field-types.ts';
import type { ServerTypes } from './table-statements.ts';

/** A value that a column is to take, as `parseAsWritten` reads it, and what its schema says of it. */
export interface Sample {
  readonly value: unknown;
  readonly type: FieldType | undefined;
}

const TEXT = 'LONGTEXT CHARACTER SET utf8mb4';
const UUID = 'CHAR(36) CHARACTER SET utf8mb4';
const NO_KEY: ReadonlySet<string> = new Set(['JSON', 'POINT', 'GEOMETRY']);
/** Each holds all values of those before it. */
const WHOLE = ['TINYINT(1)', 'TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'DECIMAL(65,0)'];
const BIGINT = WHOLE.indexOf('BIGINT');
/** Of a DECIMAL. */
const MOST_DIGITS = 65;
const MOST_DECIMALS = 30;
const MOST_BITS = 64;

const PLAIN: Readonly<Record<string, string>> = {
  ...{ boolean: 'TINYINT(1)', int8: 'TINYINT', int16: 'SMALLINT', int32: 'INT', int64: 'BIGINT' },
  ...{ float: 'FLOAT', float32: 'FLOAT', double: 'DOUBLE', float64: 'DOUBLE' },
  ...{ string: TEXT, array: TEXT, map: TEXT, struct: TEXT, bytes: 'LONGBLOB' },
};

/** By what the schema calls its value, and by its name without the packages in front. */
const NAMED: Readonly<Record<string, (type: FieldType, hasJson: boolean) => string | undefined>> = {
  'bytes Decimal': decimalOf,
  ...ofIntegers({ Date: 'DATE', Time: 'TIME(3)', MicroTime: 'TIME(6)', NanoTime: 'TIME(6)', Year: 'YEAR' }),
  ...ofIntegers({ Timestamp: 'DATETIME(3)', MicroTimestamp: 'DATETIME(6)', NanoTimestamp: 'DATETIME(6)' }),
  'string ZonedTimestamp': () => 'DATETIME(6)',
  'string Json': (_, hasJson) => (hasJson ? 'JSON' : TEXT),
  'string Uuid': () => UUID,
  'bytes Bits': bitsOf,
  'struct VariableScaleDecimal': () => `DECIMAL(${MOST_DIGITS},${MOST_DECIMALS})`,
  'struct Point': () => 'POINT',
  'struct Geometry': () => 'GEOMETRY',
  'struct Geography': () => 'GEOMETRY',
};

/**
 * The type of a column that takes all of these values as they are, and others of their kind. `hasJson`: whether the server has that type.
 * Null where nothing says of what kind they are, as all are null; undefined where that can't be told.
 */
export function columnTypeFor(samples: readonly Sample[], hasJson: boolean): string | null | undefined {
  const typed = samples.flatMap(({ type }) => (type?.type === undefined ? [] : [typeOfSchema(type, hasJson)]));
  if (typed.length > 0) return typed.reduce(widest);
  const values = samples.flatMap(({ value }) => (value === null || value === undefined ? [] : [value]));
  return values.length === 0 ? null : typeOfValues(values);
}

/** Of a column of the primary key, which takes no two values for one. Undefined where that can't be told, or where no key has such values. */
export function keyTypeFor(samples: readonly Sample[], { hasJson, exactCollation }: ServerTypes): string | undefined {
  const type = columnTypeFor(samples, hasJson);
  const isText = samples.every(({ value }) => typeof value === 'string');
  if (type === TEXT || type === UUID) return isText ? `VARCHAR(191) CHARACTER SET utf8mb4 COLLATE ${exactCollation}` : undefined;
  if (type === 'LONGBLOB') return 'VARBINARY(767)';
  // A server cuts nanoseconds to microseconds.
  if (type === null || type === undefined || samples.some((sample) => shortName(sample.type)?.startsWith('Nano'))) return undefined;
  if (type === 'DOUBLE' && samples.every((sample) => sample.type === undefined)) return undefined;
  return NO_KEY.has(type) ? undefined : type;
}

function typeOfSchema(type: FieldType, hasJson: boolean): string | undefined {
  const named = NAMED[`${type.type?.toLowerCase()} ${shortName(type)}`];
  return named === undefined ? PLAIN[type.type?.toLowerCase() ?? ''] : named(type, hasJson);
}

function ofIntegers(types: Readonly<Record<string, string>>): Record<string, () => string> {
  const names = Object.entries(types).flatMap(([name, type]) => ['int32', 'int64'].map((plain) => [`${plain} ${name}`, type] as const));
  return Object.fromEntries(names.map(([name, type]) => [name, () => type]));
}

function decimalOf({ parameters }: FieldType): string | undefined {
  const scale = Number(parameters.scale ?? 0);
  const precision = Number(parameters['connect.decimal.precision']);
  if (!Number.isInteger(scale) || scale > MOST_DECIMALS) return undefined;
  const isGiven = Number.isInteger(precision) && scale >= 0 && precision >= Math.max(scale, 1) && precision <= MOST_DIGITS;
  return `DECIMAL(${isGiven ? precision : MOST_DIGITS},${Math.max(0, scale)})`;
}

function bitsOf({ parameters }: FieldType): string {
  const bits = Number(parameters.length ?? 0);
  return Number.isInteger(bits) && bits >= 1 && bits <= MOST_BITS ? `BIT(${bits})` : 'LONGBLOB';
}

/** Of two that one column has by two schemas. */
function widest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === b || a === undefined || b === undefined) return a === b ? a : undefined;
  const places = [a, b].map((type) => WHOLE.indexOf(type));
  if (places.every((place) => place !== -1)) return WHOLE[Math.max(...places)];
  return [a, b].sort().join() === 'DOUBLE,FLOAT' ? 'DOUBLE' : undefined;
}

function typeOfValues(values: readonly unknown[]): string | undefined {
  if (values.some((value) => typeof value === 'string' || (typeof value === 'object' && !isRawNumber(value)))) return TEXT;
  const numbers = values.flatMap((value) => (isRawNumber(value) ? [value.rawJSON] : []));
  if (numbers.length === 0) return 'TINYINT(1)';
  const places = numbers.map(wholePlace);
  if (!places.includes(-1)) {
    const place = Math.max(...places);
    return place === WHOLE.length ? undefined : WHOLE[place];
  }
  return numbers.every(fitsDouble) ? 'DOUBLE' : undefined;
}

/** In `WHOLE`; -1 of a number that is not whole, the list's end of one that is too long. */
function wholePlace(number: string): number {
  if (!isWholeNumber(number)) return -1;
  if (number.replace('-', '').length > MOST_DIGITS) return WHOLE.length;
  return BigInt.asIntN(64, BigInt(number)) === BigInt(number) ? BIGINT : BIGINT + 1;
}
