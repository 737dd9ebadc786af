const DAY_MS = 86_400_000;

/**
 * What the documentation says that a value becomes, as JSON, made of the text that the server itself gives for it (`CAST(... AS CHAR)`,
 * of bytes their base64). Knows nothing of how the connector reads values.
 */
export function expectedJson(type: string, text: string): string {
  const [, name = '', argument = ''] = /^(\w+)(?:\(([^)]*)\))?/.exec(type) ?? [];
  const decimals = Number(argument || 0);
  if (/int$/.test(name)) return String(BigInt(text));
  if (name === 'year') return String(Number(text));
  if (name === 'float') return shortestFloat(Math.fround(Number(text)));
  if (name === 'double') return String(Number(text));
  if (name === 'decimal') return JSON.stringify(text.replace(/^(-?)0+(?=\d)/, '$1'));
  if (name === 'bit') return argument === '1' ? String(Number(text) === 1) : littleEndian(BigInt(text), Number(argument));
  if (/^(var)?binary$|blob$/.test(name)) return JSON.stringify(text.replaceAll('\n', ''));
  if (name === 'date') return String(daysOf(text) ?? JSON.stringify(text));
  if (name === 'time') return String(microsOf(text));
  if (name === 'datetime') return datetime(text, decimals);
  if (name === 'timestamp') return JSON.stringify(daysOf(text.slice(0, 10)) === undefined ? text : `${text.replace(' ', 'T')}Z`);
  return JSON.stringify(text);
}

/** What to ask the server for. */
export function textOf(type: string, column: string): string {
  if (/^bit/.test(type)) return `CAST(${column} + 0 AS CHAR)`;
  if (/^(var)?binary|blob$/.test(type)) return `TO_BASE64(${column})`;
  // Shown as itself, a FLOAT has six digits of seven to nine.
  return /^float/.test(type) ? `CAST(${column} + 0e0 AS CHAR)` : `CAST(${column} AS CHAR)`;
}

/** With six digits, as the server shows it, and as many more as tell it from all other floats. */
function shortestFloat(value: number): string {
  const digits = [6, 7, 8, 9].find((count) => Math.fround(Number(value.toPrecision(count))) === value);
  return String(Number(value.toPrecision(digits)));
}

/** Undefined of a day that no calendar has. */
function daysOf(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = year > 0 && month > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay ? date.getTime() / DAY_MS : undefined;
}

function microsOf(text: string): bigint {
  const [, sign, hours = '', minutes = '', seconds = '', fraction = ''] = /^(-?)(\d+):(\d+):(\d+)\.?(\d*)$/.exec(text) ?? [];
  const micros = (BigInt(hours) * 3_600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -micros : micros;
}

function datetime(text: string, decimals: number): string {
  const days = daysOf(text.slice(0, 10));
  if (days === undefined) return JSON.stringify(text);
  const micros = BigInt(days) * 86_400_000_000n + microsOf(text.slice(11));
  return String(decimals > 3 ? micros : micros / 1_000n);
}

function littleEndian(value: bigint, bits: number): string {
  const bytes = Buffer.alloc(Math.ceil(bits / 8));
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number((value >> BigInt(8 * at)) & 0xffn);
  return JSON.stringify(bytes.toString('base64'));
}
