import { type ClientCache, type Finding, toConnectError } from '../../api/index.ts';
import { checkWithin, connectionFinding } from '../../kit/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { FunctionClient } from './function-client.ts';

/** Looks at a function as the tasks will: whether it is there, and whether this caller may invoke it. It is not invoked. */
export function checkFunction(config: LambdaSinkConfig, clients: ClientCache, signal: AbortSignal): Promise<Finding[]> {
  const option = 'sink.function';
  const frame = { option, optionOf: { UNREACHABLE: 'sink.region', CONFIG_INVALID: 'sink.region' } };
  const waiting = { ...frame, signal, server: 'API of Lambda', reach: 'check sink.region, and the network between here and there' };
  return checkWithin(waiting, async (limit, _progress, answer) => {
    try {
      const client = await FunctionClient.get(config, clients);
      await answer(client.check());
      return [];
    } catch (error) {
      if (limit.aborted) throw error;
      return [connectionFinding(frame, toConnectError(error))];
    }
  });
}
