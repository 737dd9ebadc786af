import type { StackAddresses } from '../infra/local/stack.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { connectorTypes } from '../src/connectors/registry.ts';
import { connectorSpec } from '../test/support/specs.ts';

/** Returns a sink of one task that copies the topic. `options` are its `sink` section. */
export async function sinkSpec(
  { rocketmqNamesrv }: StackAddresses,
  name: string,
  system: string,
  options: object,
  topic: string,
): Promise<ConnectorSpec> {
  const type = `${system}-sink`;
  const load = connectorTypes[type];
  if (load === undefined) throw new Error(`there is no connector type ${type}`);
  return connectorSpec({
    name,
    type,
    direction: 'sink',
    maxTasks: 1,
    system: (await load()).config.parse(options) as ConnectorSpec['system'],
    rocketmq: { ...connectorSpec().rocketmq, endpoints: rocketmqNamesrv, topic, requestTimeoutMs: 20_000 },
  });
}
