import type { ErrorCode } from '../api/index.ts';

/** A configuration with one mistake. */
export interface WrongConfig {
  readonly config: Readonly<Record<string, unknown>>;
  /** The option that the finding must be about. */
  readonly option: string;
  readonly code: ErrorCode;
}

/** One case of the suite. `run` rejects where the connector does not do what its contract says. */
export interface ConformanceCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}
