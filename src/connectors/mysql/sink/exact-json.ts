/** A number as it is written, where JavaScript's numbers don't keep all its digits. `JSON.stringify` writes it as it was. */
export interface RawNumber {
  readonly rawJSON: string;
}

interface WithRaw {
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}

const { rawJSON, isRawJSON } = JSON as unknown as WithRaw;

export { isRawJSON as isRawNumber };

/** Shorter numbers keep their digits. */
const LONG = 16;
const LONG_NUMBER = /[\d.]{16}/;

interface Context {
  /** As the number is written; absent for lists and objects. */
  readonly source?: string;
}

/** Throws SyntaxError for what is no JSON. */
export function parseExactly(text: string): unknown {
  return hasLongNumber(text) ? JSON.parse(text, exactly as never) : JSON.parse(text);
}

/** Each long number has a part of itself at a multiple of its least length. Most texts have none at any of these places. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    const code = text.charCodeAt(at);
    if (code === 0x2e || (code >= 0x30 && code <= 0x39)) return LONG_NUMBER.test(text);
  }
  return false;
}

/** The same with all numbers as they are written: `5.0` is a number with digits behind the point. */
export const parseAsWritten = (text: string): unknown => JSON.parse(text, asWritten as never);

const exactly = (key: string, value: unknown, context: Context): unknown =>
  typeof value === 'number' && String(value) === context.source ? value : asWritten(key, value, context);

const asWritten = (_key: string, value: unknown, { source }: Context): unknown =>
  typeof value === 'number' && source !== undefined ? rawJSON(source) : value;
