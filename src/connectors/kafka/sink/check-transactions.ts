import type { Finding } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { connectionFinding, errorFinding } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { connectionFrame } from '../protocol/errors/connection-errors.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { takeTransactionalId, unreadable } from '../protocol/produce/transaction-requests.ts';
import { openMs } from '../protocol/produce/transactions.ts';
import type { Topic } from '../protocol/topics.ts';
import type { KafkaSinkConfig } from './config.ts';
import { failureOf } from './failure-of.ts';

/** No queue has this name, so that no task is shut out. */
const PROBE = 'check';

/** Looks whether a user may write in transactions by ids that begin so, and keep positions in groups of the same names beside topics. */
export async function checkTransactions(
  client: KafkaClient,
  config: KafkaSinkConfig,
  prefix: string,
  topics: readonly Topic[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const probe = prefix + PROBE;
  const take = () =>
    client.useCoordinator('transactional id', probe, (connection, apis) =>
      takeTransactionalId(connection, apis, probe, openMs(config.requestTimeoutMs)),
    );
  const grant = (...of: string[]) => grantCommand(config, of);
  const failures = await Promise.all([failureOf(take), failureOf(() => mayCommit(client, probe, signal))]);
  const resources = [
    grant('--operation Write --operation Describe --transactional-id', `'${prefix}' --resource-pattern-type prefixed`),
    grant('--operation Read --group', `'${prefix}' --resource-pattern-type prefixed`),
  ];
  const { option, optionOf } = connectionFrame('sink');
  const frame = { option, optionOf: { ...optionOf, CONFIG_INVALID: 'sink.requestTimeoutMs', WRONG_KIND: 'sink.delivery' } };
  const findings = failures.flatMap((failure, index): Finding[] => {
    if (failure === undefined) return [];
    if (failure.code === 'FORBIDDEN') return [{ ...errorFinding('sink.sasl', failure), remedy: resources[index] as string }];
    return [connectionFinding(frame, failure)];
  });
  const hidden = topics.filter(({ error, readable }) => error === undefined && !readable);
  return [
    ...findings,
    ...hidden.map(({ name }) => ({ ...errorFinding('sink.topic', unreadable(name)), remedy: grant('--operation Read --topic', name) })),
  ];
}

/** Throws FORBIDDEN where positions can't be committed to the group. */
async function mayCommit(client: KafkaClient, group: string, signal: AbortSignal): Promise<void> {
  const { writable } = await client.group(group, signal);
  if (!writable) throw protocolError('GROUP_AUTHORIZATION_FAILED', `group ${group}`, 'sink');
}

function grantCommand({ bootstrapServers, sasl }: KafkaSinkConfig, of: readonly string[]): string {
  const server = asList(bootstrapServers)[0];
  const user = `'User:${sasl?.username ?? 'NAME'}'`;
  return `kafka-acls.sh --bootstrap-server ${server} --add --allow-principal ${user} ${of.join(' ')}, or set sink.delivery to at-least-once`;
}
