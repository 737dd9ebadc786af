const BLOBS = 'tinyblob blob mediumblob longblob tinytext text mediumtext longtext json vector';
const GEOMETRIES = 'geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection';

/** Type codes of the binary log, and the types that are written with them. */
const TYPES: Readonly<Record<number, string>> = {
  ...{ 1: 'tinyint', 2: 'smallint', 3: 'int', 4: 'float', 5: 'double', 8: 'bigint', 9: 'mediumint', 246: 'decimal' },
  ...{ 7: 'timestamp', 17: 'timestamp', 10: 'date', 11: 'time', 19: 'time', 12: 'datetime', 18: 'datetime', 13: 'year' },
  ...{ 15: 'varchar varbinary', 254: 'char binary uuid inet4 inet6', 141: 'varchar varbinary', 140: BLOBS },
  ...{ 16: 'bit', 245: 'json', 247: 'enum', 248: 'set', 252: BLOBS, 255: GEOMETRIES },
};

/** Whether a column of this type (`varchar(20)`) writes values with this code. */
export function isOfType(code: number, columnType: string): boolean {
  const name = /^\w+/.exec(columnType)?.[0] ?? '';
  return TYPES[code]?.split(' ').includes(name) ?? false;
}

/** False of a type that came after this was written. */
export const isKnownCode = (code: number): boolean => TYPES[code] !== undefined;
