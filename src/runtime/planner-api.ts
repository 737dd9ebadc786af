import type { Finding } from '../api/index.ts';
import type { PlannerRequest } from './requests-api.ts';

export type * from './letters-api.ts';
export type * from './metrics-api.ts';
export type * from './offsets-api.ts';
export type * from './plans-api.ts';
export type * from './requests-api.ts';
export type * from './starts-api.ts';
export type * from './states-api.ts';

/** Failures are values, so that a caller over any transport sees code and remedy. */
export type PlannerResponse<R = unknown> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: ErrorReport };

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly retriable: boolean;
  /** All findings, where there is more than one. */
  readonly findings?: readonly Finding[];
}

/** The planner, in this process or behind a function. */
export interface Planner {
  handle(request: PlannerRequest): Promise<PlannerResponse>;
}
