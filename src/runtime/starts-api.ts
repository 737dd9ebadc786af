import type { TaskRef } from '../store/store.ts';

export interface RunResult {
  readonly connector: string;
  readonly started: number;
}

export interface RestartResult {
  readonly connector: string;
  readonly restarted: readonly number[];
}

export interface SkipResult extends TaskRef {
  readonly place: string;
  /** Why the record can't be copied. */
  readonly reason: string;
}
