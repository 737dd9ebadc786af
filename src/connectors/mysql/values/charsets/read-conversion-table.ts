import type { MysqlServer } from '../../server/server.ts';
import { quoteName } from '../../tables/table-name.ts';
import type { ByteSpan, Sequences } from './byte-sequences.ts';
import { ConversionTable } from './conversion-table.ts';
import { UNKNOWN } from './utf8-writer.ts';

const ANY: ByteSpan = [0x00, 0xff];
/** Behind each sequence: no second byte of any, so that what is cut short does not look like a whole one. */
const END = '\n';

/** Has the server convert every sequence of a character set. Some 26,000 for one of two bytes: a quarter of a second. */
export async function readConversionTable(server: MysqlServer, charset: string, sequences: Sequences): Promise<ConversionTable> {
  const table = new ConversionTable();
  for (const spans of [[ANY], ...sequences]) {
    for (const [sequence, text] of await server.queryBytes(conversions(charset, spans))) {
      const [point, ...rest] = [...(text?.toString() ?? '')];
      // More characters than one are those of several sequences.
      if (sequence === undefined || sequence === null || point === undefined || rest.join('') !== END) continue;
      if (spans.length === 1 && point === '?' && sequence[0] !== UNKNOWN) continue;
      if (spans.length === 1 || !table.has(sequence[0] as number)) table.add(Buffer.from(sequence), point.codePointAt(0) as number);
    }
  }
  return table;
}

function conversions(charset: string, spans: readonly ByteSpan[]): string {
  const sequence = `CONCAT(${spans.map((_, place) => `p${place}.b`).join(', ')})`;
  const text = `CAST(CONCAT(${sequence}, x'0a') AS CHAR CHARACTER SET ${quoteName(charset)})`;
  const from = spans.map((span, place) => `(${bytesOf(span)}) AS p${place}`).join(' CROSS JOIN ');
  return `SELECT ${sequence}, CONVERT(${text} USING utf8mb4) FROM ${from}`;
}

function bytesOf([first, last]: ByteSpan): string {
  const hex = Array.from({ length: last - first + 1 }, (_, index) => (first + index).toString(16).padStart(2, '0'));
  return hex.map((byte) => `SELECT x'${byte}' AS b`).join(' UNION ALL ');
}
