import type { StackAddresses } from '../infra/local/stack.ts';

/** One line of the report. `ratio` is value / baseline, both of the same run on the same machine. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

export const row = (name: string, value: number, unit: string, baseline?: number): Row => ({
  name,
  value: round(value),
  unit,
  baseline: baseline === undefined ? null : round(baseline),
  ratio: baseline === undefined ? null : Math.round((value / baseline) * 100) / 100,
});

/** Returns a row of something that may not happen. If the value is not 0, the process ends with an error. */
export function rowOfNone(name: string, value: number, unit: string): Row {
  if (value !== 0) process.exitCode = 1;
  return row(name, value, unit);
}

const round = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100);

/** Rows that one run measures together, because their ratios must come from the same run. */
export interface Bench {
  /** Rows' names start with one of these. `--only` selects by them. */
  readonly names: readonly string[];
  /** The servers of the local stack that it needs. */
  readonly servers: readonly string[];
  run(context: BenchContext): Promise<Row[]>;
}

export interface BenchContext {
  readonly addresses: StackAddresses;
  readonly progress: (text: string) => void;
  /** Returns true if the user asked for a row that starts with `name`. */
  readonly wants: (name: string) => boolean;
}
