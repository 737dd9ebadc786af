import fc from 'fast-check';
import type { ServerName } from './mysql-lab.ts';

/** A value in SQL. */
export type Literal = string;

const integer = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map(String);
const quote = (text: string): Literal => `'${text.replace(/['\\]/g, '\\$&').replaceAll('\0', '\\0')}'`;
const hex = (maxLength: number, minLength = 0) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => `x'${Buffer.from(bytes).toString('hex')}'`);
const textOf = (characters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...characters), { maxLength }).map((list) => quote(list.join('')));
const unicode = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', maxLength })
    .filter((text) => [...text].length <= maxLength)
    .map(quote);
const number = (min: number, max: number) => fc.integer({ min, max });
const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
const fraction = (digits: number) => number(0, 999_999).map((micros) => `.${pad(micros, 6).slice(0, digits)}`);
const date = fc.oneof(
  fc.tuple(number(1, 9999), number(1, 12), number(1, 28)).map(([year, month, day]) => `${pad(year, 4)}-${pad(month)}-${pad(day)}`),
  fc.constantFrom('0000-00-00', '2024-00-00', '2024-05-00', '1000-01-01', '9999-12-31', '1969-12-31', '1970-01-01', '2024-02-29'),
);
const clock = fc.tuple(number(0, 23), number(0, 59), number(0, 59)).map((parts) => parts.map((part) => pad(part)).join(':'));
const datetime = (digits: number) =>
  fc.tuple(date, clock, fraction(digits)).map(([day, time, rest]) => quote(`${day} ${time}${digits === 0 ? '' : rest}`));
const timestamp = (digits: number) =>
  fc.oneof(
    fc
      .tuple(number(1, 2_147_483_647), fraction(digits))
      .map(([at, rest]) => quote(`${new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')}${digits === 0 ? '' : rest}`)),
    fc.constant(quote('0000-00-00 00:00:00')),
  );
const time = (digits: number) =>
  fc
    .tuple(fc.boolean(), number(0, 838), number(0, 59), number(0, 59), fraction(digits))
    .map(([negative, h, m, s, rest]) =>
      quote(`${negative ? '-' : ''}${pad(h)}:${pad(m)}:${pad(s)}${digits === 0 || h === 838 ? '' : rest}`),
    );
const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => String(Object.is(value, -0) ? 0 : value));
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(Object.is(value, -0) ? 0 : value));
const decimal = (whole: number, digits: number) =>
  fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** BigInt(whole + digits) - 1n })).map(([negative, value]) => {
    const text = value.toString().padStart(digits + 1, '0');
    return `${negative ? '-' : ''}${text.slice(0, text.length - digits)}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
  });
const point = fc.tuple(double, double).map(([x, y]) => `ST_GeomFromText('POINT(${x} ${y})', 4326)`);
const line = fc.constant("ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1,2 2),POLYGON((0 0,1 0,1 1,0 0)))')");

/** Columns of every type that all servers have, and values for them. */
const COMMON: Readonly<Record<string, fc.Arbitrary<Literal>>> = {
  tinyint: integer(-128n, 127n),
  'tinyint unsigned': integer(0n, 255n),
  smallint: integer(-32768n, 32767n),
  'smallint unsigned': integer(0n, 65535n),
  mediumint: integer(-8388608n, 8388607n),
  'mediumint unsigned': integer(0n, 16777215n),
  int: integer(-2147483648n, 2147483647n),
  'int(8) unsigned zerofill': integer(0n, 4294967295n),
  bigint: integer(-(2n ** 63n), 2n ** 63n - 1n),
  'bigint unsigned': integer(0n, 2n ** 64n - 1n),
  float: float,
  double: double,
  'decimal(30,10)': decimal(20, 10),
  'decimal(12,0)': decimal(12, 0),
  'decimal(10,3) unsigned zerofill': decimal(7, 3).map((text) => text.replace('-', '')),
  'bit(1)': fc.constantFrom("b'0'", "b'1'"),
  'bit(12)': number(0, 4095).map((bits) => `b'${bits.toString(2)}'`),
  'bit(64)': fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => `b'${bits.toString(2)}'`),
  date: date.map(quote),
  time: time(0),
  'time(3)': time(3),
  'time(6)': time(6),
  datetime: datetime(0),
  'datetime(1)': datetime(1),
  'datetime(3)': datetime(3),
  'datetime(6)': datetime(6),
  'timestamp null': timestamp(0),
  'timestamp(2) null': timestamp(2),
  'timestamp(6) null': timestamp(6),
  year: fc.oneof(number(1901, 2155), fc.constant(0)).map(String),
  'char(20)': unicode(20),
  'varchar(300)': unicode(60),
  'varchar(20) charset latin1': textOf("aé€\u0081ÿ '", 20),
  'char(10) charset latin1': textOf('aéß', 10),
  'varchar(20) charset cp1251': textOf('aЖяё', 20),
  'varchar(20) charset ucs2': textOf('aЖ漢', 20),
  'varchar(20) charset utf16': textOf('aЖ漢🚀', 20),
  'varchar(20) charset gbk': textOf('a漢字', 20),
  'varchar(20) charset koi8r': textOf('aЖя', 20),
  tinytext: unicode(20),
  'text charset latin1': textOf('aé€\u0081ÿ', 40),
  'mediumtext charset utf8': textOf('aЖ漢', 40),
  longtext: unicode(40),
  'binary(8)': hex(8),
  'varbinary(300)': hex(40),
  tinyblob: hex(20),
  blob: hex(40),
  mediumblob: hex(40),
  longblob: hex(40),
  "enum('a','b,c','it''s','ü')": fc.constantFrom("'a'", "'b,c'", "'it''s'", "'ü'", "''"),
  point: point,
  geometry: fc.oneof(point, line),
};
const WIDE_SET = `set(${Array.from({ length: 64 }, (_, index) => `'m${index}'`).join(',')})`;
const uuid = fc.uuid({ version: [1, 4, 7] }).map(quote);
const MARIADB: Readonly<Record<string, fc.Arbitrary<Literal>>> = {
  ...COMMON,
  uuid: uuid,
  inet6: fc.oneof(fc.ipV6(), fc.ipV4(), fc.constantFrom('::', '::1', '::ffff:1.2.3.4', '::1.2.3.4', '1::2:0:0:3', '1:0:2::')).map(quote),
  inet4: fc.ipV4().map(quote),
  json: fc.json({ maxDepth: 2 }).map(quote),
};

const SETS: Readonly<Record<string, fc.Arbitrary<Literal>>> = {
  "set('x','y','ü')": fc.constantFrom("'x'", "'x,ü'", "''"),
  [WIDE_SET]: fc.subarray(Array.from({ length: 64 }, (_, index) => `m${index}`)).map((members) => quote(members.join(','))),
};

/** Columns of every type that a server has, and values for them. */
export const columnValues: Readonly<Record<ServerName, Readonly<Record<string, fc.Arbitrary<Literal>>>>> = {
  mariadb: { ...MARIADB, ...SETS },
  mysql56: { ...COMMON, ...SETS },
};
