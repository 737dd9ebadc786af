import type { Finding } from './connector.ts';
import { ConnectError, type ErrorCode, toConnectError } from './errors.ts';

/** Of the 10 s that a check may take. */
const LIMIT_MS = 8_500;

export interface CheckFrame {
  readonly signal: AbortSignal;
  /** What did not answer in time: `Kafka broker`. */
  readonly server: string;
  /** What to do when none answers. */
  readonly reach: string;
  /** The option that an error with no other one is about: `source.url`. */
  readonly option: string;
  /** Other options, by the code of an error. */
  readonly optionOf: Readonly<Partial<Record<ErrorCode, string>>>;
}

/** Looks at a system for at most 8.5 s. What `look` throws, and that it took too long, becomes a finding. Never throws. */
export async function checkWithin(frame: CheckFrame, look: (limit: AbortSignal) => Promise<Finding[]>): Promise<Finding[]> {
  const { signal, server, reach } = frame;
  const timeout = AbortSignal.timeout(LIMIT_MS);
  try {
    return await look(AbortSignal.any([signal, timeout]));
  } catch (error) {
    const late = timeout.aborted && !signal.aborted;
    const noAnswer = () => new ConnectError('UNREACHABLE', `no ${server} answered in ${LIMIT_MS} ms`, { remedy: reach });
    return [connectionFinding(frame, late ? noAnswer() : toConnectError(error))];
  }
}

/** An error about the connection, with the option that mends it. */
export const connectionFinding = ({ option, optionOf }: Pick<CheckFrame, 'option' | 'optionOf'>, error: ConnectError): Finding =>
  errorFinding(optionOf[error.code] ?? option, error);

export const errorFinding = (option: string, { code, message, remedy }: ConnectError): Finding => ({
  level: 'error',
  code,
  option,
  message,
  remedy: remedy ?? 'correct it',
});
