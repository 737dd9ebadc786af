import { type ConnectError, toConnectError } from '../../../api/index.ts';
import { pollUntil } from '../../../kit/index.ts';

/** Less than a check may wait for an answer. */
const START_MS = 5_000;
const START_STEP_MS = 200;

/** Asks brokers again for 5 s while nobody is there who could answer: a cluster that has just started. Resolves with the failure that lasts. */
export async function failureOf(ask: () => Promise<unknown>): Promise<ConnectError | undefined> {
  let failure: ConnectError | undefined;
  const isAnswered = async (): Promise<boolean> => {
    try {
      await ask();
      failure = undefined;
    } catch (error) {
      failure = toConnectError(error);
    }
    return failure?.retriable !== true || failure.code !== 'WRONG_STATE';
  };
  await pollUntil(isAnswered, START_STEP_MS, START_MS);
  return failure;
}
