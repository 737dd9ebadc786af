import type { Finding } from '../api/index.ts';
import type { ErrorReport } from '../runtime/planner-api.ts';

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

/** What standard output holds at the end, exactly once: the result, or `error` with what was done in spite of it. */
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
    if (error === undefined) return this.#streamed || this.#result === undefined ? undefined : JSON.stringify(this.#result, null, 2);
    const answer = { error, ...(others.length > 0 && { others }), ...(this.#result !== undefined && { results: this.#result }) };
    return this.#streamed ? JSON.stringify(answer) : JSON.stringify(answer, null, 2);
  }
}
