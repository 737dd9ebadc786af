import type { Finding } from '../../api/index.ts';
import type { ErrorReport } from '../../runtime/planner-api.ts';

/** A finding with its place in a connector file, such as `flights.yml:6:3`. */
export interface PlacedFinding extends Finding {
  readonly place?: string;
}

/** An error as `--json` shows it, for every command. */
export interface JsonError extends Omit<ErrorReport, 'findings'> {
  /** The place in the file of the error, or of the first finding. */
  readonly place?: string;
  readonly connector?: string;
  readonly task?: number;
  readonly findings?: readonly PlacedFinding[];
}

/** Returns a remedy that stands alone. It starts with a capital letter, unless it starts with something to type. */
const remedyAlone = (remedy: string): string => remedy.replace(/^[a-z](?=[a-z]*([\s,:;]|$))/, (first) => first.toUpperCase());

const replacer = (key: string, value: unknown): unknown => (key === 'remedy' && typeof value === 'string' ? remedyAlone(value) : value);

/** Returns any value as `--json` prints it, on one line or on several. */
export const toJson = (value: unknown, lines: 'one' | 'many'): string => JSON.stringify(value, replacer, lines === 'one' ? 0 : 2);

/**
 * Collects what standard output gets at the end: one JSON value. It is the result, or an `error` with what the command did in spite of it.
 */
export class JsonAnswer {
  readonly #errors: JsonError[] = [];
  #result: unknown;
  #streamed = false;

  result(value: unknown): void {
    this.#result = value;
  }

  /** The command prints the result value by value, a line each, as it comes. */
  stream(): void {
    this.#streamed = true;
  }

  failed(error: JsonError): void {
    this.#errors.push(error);
  }

  /** The text to print, or undefined if nothing is left to print. */
  get text(): string | undefined {
    const [error, ...others] = this.#errors;
    if (error === undefined) return this.#streamed || this.#result === undefined ? undefined : toJson(this.#result, 'many');
    const answer = { error, ...(others.length > 0 && { others }), ...(this.#result !== undefined && { results: this.#result }) };
    return toJson(answer, this.#streamed ? 'one' : 'many');
  }
}
