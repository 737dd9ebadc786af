import { type Finding, toConnectError } from '../../api/index.ts';
import type { ErrorReport } from '../../runtime/planner-api.ts';
import { keyOfOption } from './flat-keys.ts';

/** What a caller is told, with its status. */
export class RestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const notFound = (what: string): RestError => new RestError(404, what);

/** The planner has not answered: its function is not there, or may not be called. */
export function withoutPlanner(error: unknown): RestError {
  const { code, message, remedy } = toConnectError(error);
  return new RestError(code === 'FORBIDDEN' || code === 'AUTH_FAILED' ? 403 : 502, withRemedy(message, remedy));
}

const withRemedy = (message: string, remedy: string | undefined): string => `${message}${remedy === undefined ? '' : `; ${remedy}`}`;

/** A failure that the planner reports. `status` is for what its code alone does not say. 409 means only that something exists or that another plan is under way: clients repeat a request on 409. */
export function plannerError({ code, message, remedy, retriable, findings = [] }: ErrorReport, status?: number): RestError {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length > 0) return new RestError(400, errors.map(findingText).join('\n'));
  return new RestError(status ?? STATUS[code] ?? (retriable ? 503 : 500), withRemedy(message, remedy));
}

const STATUS: Partial<Record<string, number>> = {
  CONFIG_INVALID: 400,
  SECRET_UNRESOLVED: 400,
  WRONG_STATE: 400,
  WRONG_KIND: 400,
  PLAN_TOO_LARGE: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 400,
  PLAN_SUPERSEDED: 409,
  INTERNAL: 500,
};

export function toRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  const { code, message, remedy, retriable } = toConnectError(error);
  return plannerError({ code, message, retriable, ...(remedy !== undefined && { remedy }) });
}

export const findingText = ({ option, message, remedy }: Finding): string =>
  `${option === '' ? '' : `${keyOfOption(option)}: `}${message}; ${remedy}`;
