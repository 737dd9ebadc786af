import type { Finding } from '../api/connector.ts';
import { ConnectError, type ErrorCode, toConnectError } from '../api/errors.ts';
import { silence } from './patience.ts';
import { untilAborted } from './until-aborted.ts';

/** A wrong address has to be named within 10 s. */
const SILENCE_MS = 6_500;

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
  /** How long the system may say nothing, in ms. Default 6,500. */
  readonly silenceMs?: number;
}

/** Waits for what was asked, as long as the system may take, and has its answer count as progress. */
export type AwaitAnswer = <T>(asked: Promise<T>) => Promise<T>;

/**
 * Looks at a system until it has said nothing for 6.5 s: `look` calls `progress` with each answer, or waits for it by `answer`, and so may
 * take as long as there is something to look at. What it throws, and that nothing came, becomes a finding. Never throws.
 */
export async function checkWithin(
  frame: CheckFrame,
  look: (limit: AbortSignal, progress: () => void, answer: AwaitAnswer) => Promise<Finding[]>,
): Promise<Finding[]> {
  const { signal, server, reach, silenceMs = SILENCE_MS } = frame;
  const silent = new AbortController();
  let answers = 0;
  const heard = silence(
    silenceMs,
    () => answers,
    () => silent.abort(),
  );
  const progress = () => {
    answers += 1;
  };
  const limit = AbortSignal.any([signal, silent.signal]);
  const answer = async <T>(asked: Promise<T>): Promise<T> => {
    const found = await untilAborted(asked, limit);
    progress();
    return found;
  };
  try {
    return await look(limit, progress, answer);
  } catch (error) {
    const late = silent.signal.aborted && !signal.aborted;
    const noAnswer = () => new ConnectError('UNREACHABLE', `no ${server} answered in ${silenceMs} ms`, { remedy: reach });
    return [connectionFinding(frame, late ? noAnswer() : toConnectError(error))];
  } finally {
    heard();
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
