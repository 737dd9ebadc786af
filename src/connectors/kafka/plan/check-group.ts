import { type Finding, toConnectError } from '../../../api/index.ts';
import { errorFinding } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { joinedGroup } from '../protocol/consumer-group.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';

/** Whether positions may be committed to the group: the user must be allowed to, and it must not be one that consumers join. */
export async function checkGroup(client: KafkaClient, group: string | undefined, signal: AbortSignal): Promise<Finding[]> {
  if (group === undefined) return [];
  const finding = (error: unknown) => [errorFinding('source.commitGroup', toConnectError(error))];
  try {
    const { joined, writable } = await client.group(group, signal);
    if (!writable) return finding(protocolError('GROUP_AUTHORIZATION_FAILED', `group ${group}`, client.section));
    return joined ? finding(joinedGroup(group, client.section)) : [];
  } catch (error) {
    if (signal.aborted) throw error;
    return finding(error);
  }
}
