import type { Finding } from '../../api/index.ts';
import type { ErrorReport } from '../../runtime/planner-api.ts';

/** A finding with its place in a connector file: `flights.yml:6:3`. */
export interface PlacedFinding extends Finding {
  readonly place?: string;
}

/** An error as `--json` shows it, whatever command failed. */
export interface JsonError extends Omit<ErrorReport, 'findings'> {
  /** Where the file says what is wrong; of the first finding where there are several. */
  readonly place?: string;
  readonly connector?: string;
  readonly task?: number;
  readonly findings?: readonly PlacedFinding[];
}

/** A remedy that stands alone begins with a capital, unless it begins with something to type. */
const remedyAlone = (remedy: string): string => remedy.replace(/^[a-z](?=[a-z]*([\s,:;]|$))/, (first) => first.toUpperCase());

const replacer = (key: string, value: unknown): unknown => (key === 'remedy' && typeof value === 'string' ? remedyAlone(value) : value);

/** Any value as `--json` prints it, on one line or on several. */
export const toJson = (value: unknown, lines: 'one' | 'many'): string => JSON.stringify(value, replacer, lines === 'one' ? 0 : 2);

/** What standard output holds at the end: one JSON value, the result or an `error` with what was done in spite of it. */
export class JsonAnswer {
  readonly #errors: JsonError[] = [];
  #result: unknown;
  #streamed = false;

  result(value: unknown): void {
    this.#result = value;
  }

  /** The result goes out value by value, a line each, as it comes. */
  stream(): void {
    this.#streamed = true;
  }

  failed(error: JsonError): void {
    this.#errors.push(error);
  }

  /** Undefined where nothing is left to print. */
  get text(): string | undefined {
    const [error, ...others] = this.#errors;
    if (error === undefined) return this.#streamed || this.#result === undefined ? undefined : toJson(this.#result, 'many');
    const answer = { error, ...(others.length > 0 && { others }), ...(this.#result !== undefined && { results: this.#result }) };
    return toJson(answer, this.#streamed ? 'one' : 'many');
  }
}
