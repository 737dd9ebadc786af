type Literal = string;

const texts = ["'a'", "'Größe 東京 🚀'", "''"];
const latin = ["'aé'", "'ÿ€'", "''"];
const bytes = ["x'00ff'", "x''", "x'01'"];

/** Types that both know, each with values of three rows. */
const TYPES: ReadonlyArray<readonly [type: string, values: readonly Literal[]]> = [
  ['tinyint', ['-128', '127', '0']],
  ['tinyint unsigned', ['0', '255', '7']],
  ['boolean', ['0', '1', '1']],
  ['smallint', ['-32768', '32767', '1']],
  ['smallint unsigned', ['0', '65535', '1']],
  ['mediumint', ['-8388608', '8388607', '1']],
  ['mediumint unsigned', ['0', '16777215', '1']],
  ['int', ['-2147483648', '2147483647', '1']],
  ['int(8) unsigned zerofill', ['0', '4294967295', '7']],
  ['bigint', ['-9223372036854775808', '9223372036854775807', '1']],
  ['bigint unsigned', ['9007199254740993', '18446744073709551615', '7']],
  ['float', ['-1.5', '3.4e38', '0.1']],
  ['float(7,3)', ['-1.5', '1234.567', '2']],
  ['double', ['-1.5', '1.7e308', '0.1']],
  ['decimal(30,10)', ['-1.5', '12345678901234567890.0123456789', '0']],
  ['decimal(10,3) unsigned zerofill', ['0', '1.5', '1234567.891']],
  ['bit(1)', ["b'0'", "b'1'", "b'1'"]],
  ['bit(12)', ["b'0'", "b'111111111111'", "b'101'"]],
  ['bit(64)', ["b'0'", "x'ffffffffffffffff'", "b'10000001'"]],
  ['date', ["'2024-02-29'", "'9999-12-31'", "'1969-12-31'"]],
  ['time', ["'-838:59:59'", "'838:59:59'", "'00:00:01'"]],
  ['time(3)', ["'-01:02:03.004'", "'01:02:03.004'", "'00:00:00'"]],
  ['time(6)', ["'-01:02:03.000004'", "'01:02:03.004005'", "'00:00:00'"]],
  ['datetime', ["'1969-12-31 23:59:59'", "'9999-12-31 23:59:59'", "'2024-01-02 03:04:05'"]],
  ['datetime(1)', ["'1969-12-31 23:59:59.1'", "'9999-12-31 23:59:59.9'", "'2024-01-02 03:04:05.6'"]],
  ['datetime(3)', ["'1969-12-31 23:59:59.123'", "'9999-12-31 23:59:59.999'", "'2024-01-02 03:04:05.678'"]],
  ['datetime(6)', ["'1969-12-31 23:59:59.123456'", "'9999-12-31 23:59:59.999999'", "'2024-01-02 03:04:05.678901'"]],
  ['timestamp null', ["'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "'2024-01-02 03:04:05'"]],
  ['timestamp(2) null', ["'1970-01-01 00:00:01.12'", "'2038-01-19 03:14:07.99'", "'2024-01-02 03:04:05.60'"]],
  ['timestamp(6) null', ["'1970-01-01 00:00:01.123456'", "'2038-01-19 03:14:07.999999'", "'2024-01-02 03:04:05.678901'"]],
  ['year', ['1901', '2155', '2024']],
  ['char(10)', ["'a'", "'ä🚀'", "''"]],
  ['varchar(30)', texts],
  ['varchar(20) charset latin1', latin],
  ['varchar(20) charset ucs2', ["'aЖ漢'", "'x'", "''"]],
  ['tinytext', texts],
  ['text', ["'a\\nb'", '\'"quoted" \\\\\'', "''"]],
  ['mediumtext charset latin1', latin],
  ['longtext', texts],
  ['binary(4)', ["x'01'", "x'ffffffff'", "x'00000001'"]],
  ['varbinary(30)', bytes],
  ['blob', bytes],
  ['longblob', bytes],
  ["enum('a','b,c','it''s')", ["'a'", "'b,c'", "'it''s'"]],
  ["set('x','y','z')", ["'x'", "'x,z'", "''"]],
  ['json', ['\'{"a": 1}\'', "'[1,2.50,null]'", '\'"x"\'']],
  ['point', ["ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(-1.5 1e300)', 4326)", "ST_GeomFromText('POINT(0 0)')"]],
  [
    'geometry',
    ["ST_GeomFromText('LINESTRING(0 0,1 1)')", "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')", "ST_GeomFromText('POINT(1 2)')"],
  ],
  // Dates that no calendar has, in columns that take NULL and in others.
  ['date null', ["'0000-00-00'", "'2024-05-00'", "'0000-00-00'"]],
  ['date not null', ["'0000-00-00'", "'2024-05-00'", "'0000-00-00'"]],
  ['datetime not null', Array(3).fill("'0000-00-00 00:00:00'")],
  ['timestamp not null default now()', Array(3).fill("'0000-00-00 00:00:00'")],
];

/** The type of each column of `every_type`, by name. */
export const TYPE_OF: Readonly<Record<string, string>> = Object.fromEntries(TYPES.map(([type], index) => [`c${index}`, type]));

export const CREATE = `CREATE TABLE every_type (id INT PRIMARY KEY, ${Object.entries(TYPE_OF).map((column) => column.join(' '))})`;

/** Three rows with values, and one that has none. Ids count from `id` on. */
export function insertRows(id: number): string {
  const nothing = TYPES.map(([type, values]) => (type.includes('not null') ? values[0] : 'NULL'));
  const rows = [...[0, 1, 2].map((at) => TYPES.map(([, values]) => values[at])), nothing];
  return `INSERT INTO every_type VALUES ${rows.map((row, at) => `(${[id + at, ...row]})`)}`;
}
