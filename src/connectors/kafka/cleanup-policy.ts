import { ConfigResourceTypes, type Connection, protocolErrorsCodesById } from '@platformatic/kafka';
import type { Apis } from './api-versions.ts';
import { partialAnswer } from './partial-answer.ts';
import { protocolError } from './protocol-errors.ts';

const POLICY = 'cleanup.policy';

/** Whether records may be taken out of the middle of a topic. Throws ConnectError, FORBIDDEN where the user may not ask. */
export async function isCompacted(connection: Connection, { optional: { describeConfigs } }: Apis, topic: string): Promise<boolean> {
  if (describeConfigs === undefined) return true;
  const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [POLICY] }];
  const { results } = await partialAnswer(describeConfigs.api.async(connection, resources, false, false));
  const code = results[0]?.errorCode ?? 0;
  if (code !== 0) throw protocolError(protocolErrorsCodesById[code] ?? String(code), `topic ${topic}`);
  const policy = results[0]?.configs.find(({ name }) => name === POLICY)?.value;
  return policy === undefined || policy === null || policy.includes('compact');
}
