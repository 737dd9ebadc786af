/** MySQL's own text forms of times, read from its binary forms, and written as numbers. `decimals`: of a second, 0 to 6. */

const fractionBytes = (decimals: number): number => Math.ceil(decimals / 2);
/** Bytes of a value in the binary log. */
export const timeBytes = (decimals: number): number => 3 + fractionBytes(decimals);
export const datetimeBytes = (decimals: number): number => 5 + fractionBytes(decimals);
export const timestampBytes = (decimals: number): number => 4 + fractionBytes(decimals);

const two = (value: number): string => String(value).padStart(2, '0');

/** `.120` of 120,000 microseconds with three decimals. */
const fractionText = (micros: number, decimals: number): string =>
  decimals === 0 ? '' : `.${String(micros).padStart(6, '0').slice(0, decimals)}`;

/** The fraction is stored in two digits a byte. */
const toMicros = (fraction: number, decimals: number): number => fraction * 10 ** (6 - 2 * fractionBytes(decimals));

/** Microseconds, negative or not. Stored as one number around the middle of its range. */
export function timeFromLog(bytes: Buffer, decimals: number): number {
  const scale = 256 ** fractionBytes(decimals);
  const number = bytes.readUIntBE(0, timeBytes(decimals)) - 0x80_0000 * scale;
  const whole = Math.floor(Math.abs(number) / scale);
  const seconds = Math.floor(whole / 4096) * 3600 + (Math.floor(whole / 64) % 64) * 60 + (whole % 64);
  const micros = seconds * 1_000_000 + toMicros(Math.abs(number) % scale, decimals);
  return number < 0 ? -micros : micros;
}

/** Microseconds of `-12:34:56.789`. */
export function timeFromText(text: string): number {
  const [, sign, hours, minutes, seconds, fraction = ''] = /^(-?)(\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(text) as unknown as string[];
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const micros = whole * 1_000_000 + Number(fraction.padEnd(6, '0'));
  return sign === '-' && micros !== 0 ? -micros : micros;
}

export function timeText(micros: number, decimals: number): string {
  const seconds = Math.floor(Math.abs(micros) / 1_000_000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${micros < 0 ? '-' : ''}${clock}${fractionText(Math.abs(micros) % 1_000_000, decimals)}`;
}

/** Microseconds of the form that servers up to MySQL 5.5 wrote, and tables that were made by them still have: `-123456` of `-12:34:56`. */
export function timeFromOldLog(bytes: Buffer): number {
  const digits = bytes.readIntLE(0, 3);
  const clock = Math.abs(digits);
  const seconds = Math.floor(clock / 10_000) * 3600 + (Math.floor(clock / 100) % 100) * 60 + (clock % 100);
  return Math.sign(digits) * seconds * 1_000_000;
}

/** `2024-01-02 03:04:05.678` */
export function datetimeFromLog(bytes: Buffer, decimals: number): string {
  return `${datetimeOf(bytes.readUIntBE(0, 5) - 0x80_0000_0000)}${fractionText(fractionOf(bytes, 5, decimals), decimals)}`;
}

/** `2024-01-02 03:04:05` of a date and a clock that are one number. */
function datetimeOf(number: number): string {
  const day = Math.floor(number / 0x2_0000);
  const months = Math.floor(day / 32);
  return `${String(Math.floor(months / 13)).padStart(4, '0')}-${two(months % 13)}-${two(day % 32)} ${clockOf(number % 0x2_0000)}`;
}

/** `03:04:05` */
const clockOf = (clock: number): string => `${two(clock >>> 12)}:${two((clock >>> 6) & 63)}:${two(clock & 63)}`;

/** In UTC, as above; seconds since 1970, of which zero stands for MySQL's zero date. */
export function timestampFromLog(bytes: Buffer, decimals: number): string {
  const seconds = bytes.readUInt32BE(0);
  const fraction = fractionText(fractionOf(bytes, 4, decimals), decimals);
  if (seconds === 0) return `0000-00-00 00:00:00${fraction}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}${fraction}`;
}

const fractionOf = (bytes: Buffer, at: number, decimals: number): number =>
  decimals === 0 ? 0 : toMicros(bytes.readUIntBE(at, fractionBytes(decimals)), decimals);

/** Days since 1970 of `2024-01-02`; undefined where no calendar has the date, as `2024-00-00`. */
export function daysOf(date: string): number | undefined {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const at = new Date(0).setUTCFullYear(year, month - 1, day);
  const back = new Date(at);
  return month > 0 && day > 0 && back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? at / 86_400_000 : undefined;
}

/** Milliseconds (up to three decimals) or microseconds since 1970, as if the clock were in UTC; exact, hence text. Undefined as above. */
export function epochOf(datetime: string, decimals: number): string | undefined {
  const days = daysOf(datetime.slice(0, 10));
  if (days === undefined) return undefined;
  const [hours, minutes, seconds] = datetime.slice(11, 19).split(':').map(Number) as [number, number, number];
  const at = days * 86_400 + hours * 3600 + minutes * 60 + seconds;
  const digits = decimals <= 3 ? 3 : 6;
  const fraction = datetime.slice(20).padEnd(digits, '0');
  if (digits === 3) return String(at * 1000 + Number(fraction));
  return String(BigInt(at) * 1_000_000n + BigInt(fraction));
}

/** Times in MySQL's packed form, one number each, with microseconds in its lowest bits. */
const MICROS_BITS = 24n;
/** An hour of a time has ten bits. */
const CLOCK = 0x40_0000;

/** `2024-01-02 03:04:05.000000` */
export function packedDatetimeText(packed: bigint): string {
  const { whole, micros } = partsOf(packed);
  return `${datetimeOf(whole)}.${micros}`;
}

/** `-12:34:56.000000` */
export function packedTimeText(packed: bigint): string {
  const { whole, micros } = partsOf(packed < 0n ? -packed : packed);
  return `${packed < 0n ? '-' : ''}${clockOf(whole % CLOCK)}.${micros}`;
}

function partsOf(packed: bigint): { readonly whole: number; readonly micros: string } {
  return { whole: Number(packed >> MICROS_BITS), micros: String(packed & ((1n << MICROS_BITS) - 1n)).padStart(6, '0') };
}
