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
const LONG_NUMBER = /[\d.]{16}/;

/** Throws SyntaxError for what is no JSON. */
export function parseExactly(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exactly as never) : JSON.parse(text);
}

function exactly(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value !== 'number' || source === undefined || String(value) === source ? value : rawJSON(source);
}

/** The same with all numbers as they are written: `5.0` is a number with digits behind the point. */
export function parseAsWritten(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, { source }: { readonly source?: string }) =>
    typeof value === 'number' && source !== undefined ? rawJSON(source) : value) as never);
}
