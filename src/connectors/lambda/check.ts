import { type ClientCache, type ConnectError, type Finding, toConnectError } from '../../api/index.ts';
import { checkWithin, connectionFinding, pollUntil } from '../../kit/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { FunctionClient } from './function-client.ts';

/** Less than a check may wait for an answer. */
const PROPAGATE_MS = 5_000;
const STEP_MS = 500;

/** Looks at a function as the tasks will: whether it is there, and whether this caller may invoke it. It is not invoked. */
export function checkFunction(config: LambdaSinkConfig, clients: ClientCache, signal: AbortSignal): Promise<Finding[]> {
  const option = 'sink.function';
  const frame = { option, optionOf: { UNREACHABLE: 'sink.region', CONFIG_INVALID: 'sink.region' } };
  const waiting = { ...frame, signal, server: 'API of Lambda', reach: 'check sink.region, and the network between here and there' };
  return checkWithin(waiting, async (limit, _progress, answer) => {
    try {
      const client = await FunctionClient.get(config, clients);
      const failure = await answer(failureOf(client));
      return failure === undefined ? [] : [connectionFinding(frame, failure)];
    } catch (error) {
      if (limit.aborted) throw error;
      return [connectionFinding(frame, toConnectError(error))];
    }
  });
}

/** A deployment asks when it has just given the right, and AWS knows of it some seconds later. A kept connection may have died meanwhile. */
async function failureOf(client: FunctionClient): Promise<ConnectError | undefined> {
  let failure: ConnectError | undefined;
  const isAnswered = async (): Promise<boolean> => {
    try {
      await client.check();
      failure = undefined;
    } catch (error) {
      failure = toConnectError(error);
    }
    return failure === undefined || !(failure.retriable || failure.code === 'FORBIDDEN');
  };
  await pollUntil(isAnswered, STEP_MS, PROPAGATE_MS);
  return failure;
}
