/**
 * What went wrong, as a stable word that users can search for and alarms can match.
 * Vendors' own errors are mapped to these in `connectors/<system>/errors.ts`.
 */
export const ERROR_CODES = [
  'CONFIG_INVALID', // an option is unknown, missing, malformed or out of its bounds
  'SECRET_UNRESOLVED', // a secret reference points to nothing or may not be read
  'UNREACHABLE', // no connection to an address
  'TLS_FAILED', // the connection opened, its certificate or protocol was refused
  'AUTH_FAILED', // wrong user, password or key
  'FORBIDDEN', // known user, missing permission
  'NOT_FOUND', // a topic, queue, table, connector or task that does not exist
  'WRONG_STATE', // it exists, but not in a state that allows this: paused, running, being deleted
  'WRONG_KIND', // it exists, but not of the kind that is needed
  'POSITION_LOST', // the source no longer has the place to resume from
  'RECORD_REFUSED', // one record can't be represented or is refused for good
  'THROTTLED', // the system asks to slow down
  'TIMEOUT', // no answer in time
  'PLAN_TOO_LARGE', // positions of one task would not fit its item
  'PLAN_SUPERSEDED', // a newer plan of the same connector took over
  'LEASE_LOST', // another invocation took the task over
  'INTERRUPTED', // the run was asked to stop
  'INTERNAL', // a defect of this project
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ConnectErrorOptions {
  /** The next trigger may succeed with nothing changed by the user. Default false. */
  readonly retriable?: boolean;
  /**
   * What the user does about it, a whole instruction that makes sense without the message. It begins with a small letter, because it
   * stands behind a semicolon: `set source.topics to a list of names`. In JSON it begins with a capital.
   */
  readonly remedy?: string;
  /**
   * Of a refused record: the configuration asks for it, so that many of them say nothing against the configuration. Each becomes a dead
   * letter, however many there are. Default false.
   */
  readonly expected?: boolean;
  readonly cause?: unknown;
}

/** Of an address as it stands elsewhere, up to the last `@`: passwords may hold any character. */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s"']*@/gi;

/** Text without the users and passwords of its addresses: `amqp://***@rabbit-1/shop`. */
export const withoutCredentials = (text: string): string => text.replace(CREDENTIALS, '$1***@');

/** Connector packages bring a copy of this file. What all copies have in common is kept under names of the whole process. */
const IS_CONNECT_ERROR = Symbol.for('rocketmq-connect-serverless/ConnectError');
const MASK = Symbol.for('rocketmq-connect-serverless/mask');
const ofProcess = globalThis as { [MASK]?: (text: string) => string };

const mask = (text: string): string => ofProcess[MASK]?.(text) ?? text;

/** Takes out of every later message what it must not show. Of the whole process: the code that resolves secrets sets it, once. */
export function maskMessages(by: (text: string) => string): void {
  ofProcess[MASK] = by;
}

/** The one error that crosses the project's own interfaces. `message` names the option or record; one line, no secrets: users and passwords in addresses are taken out. */
export class ConnectError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly remedy: string | undefined;
  readonly expected: boolean;

  /** An error of another copy of this class is one, too. */
  static override [Symbol.hasInstance](this: unknown, value: unknown): boolean {
    // biome-ignore-start lint/complexity/noThisInStatic: classes that extend this one inherit the method, and have instances of their own.
    if (this !== ConnectError) return Function.prototype[Symbol.hasInstance].call(this as never, value);
    // biome-ignore-end lint/complexity/noThisInStatic: as above.
    return typeof value === 'object' && value !== null && IS_CONNECT_ERROR in value;
  }

  constructor(code: ErrorCode, message: string, options: ConnectErrorOptions = {}) {
    super(withoutCredentials(mask(message).replace(/\s*[\r\n]+\s*/g, ' ')), { cause: options.cause });
    this.name = 'ConnectError';
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.remedy = options.remedy === undefined ? undefined : mask(options.remedy);
    this.expected = options.expected ?? false;
  }

  get [IS_CONNECT_ERROR](): true {
    return true;
  }

  /** `CODE: message. Remedy.` — the one line that a user sees. */
  get line(): string {
    return `${this.code}: ${this.message}${this.remedy === undefined ? '' : `; ${this.remedy}`}`;
  }
}

/** Any thrown value as a ConnectError: unknown ones are INTERNAL and retriable, because nothing is known against it. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new ConnectError('INTERNAL', message, { retriable: true, cause: error });
}
