import type { Finding } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { namedTopics, selectionOption } from '../../config/selected-topics.ts';
import type { NamedTopics } from '../../rocketmq/types.ts';
import type { PlannerDeps } from './planner-deps.ts';

/** The topics that a sink reads, and what there is to say about how they were found. A source reads none. */
export interface ReadTopics extends NamedTopics {
  readonly findings: readonly Finding[];
}

/** Finds the topics: those that the spec names, or those that its pattern selects now, which the name server lists. */
export async function readTopics(spec: ConnectorSpec, deps: PlannerDeps): Promise<ReadTopics> {
  if (spec.direction === 'source') return { names: [], option: 'rocketmq.topic', findings: [] };
  const { rocketmq } = await deps.resolveSecrets({ rocketmq: spec.rocketmq });
  const option = selectionOption(rocketmq);
  if (rocketmq.topicsPattern === undefined) return { names: namedTopics(rocketmq), option, findings: [] };
  const { listTopics } = await deps.loadQueueChecks();
  const listed = await listTopics(rocketmq);
  if (listed.findings.length > 0) return { names: [], option, findings: listed.findings };
  const { matchingTopics } = await import('../../config/matching-topics.ts');
  const names = matchingTopics(listed.names, rocketmq, spec.errors.deadLetterTopic);
  return { names, option, findings: names.length === 0 ? [noMatch(option, rocketmq)] : [] };
}

function noMatch(option: string, { topicsPattern, namespace }: ConnectorSpec['rocketmq']): Finding {
  const place = namespace === '' ? '' : ` in namespace ${namespace}`;
  const message = `no topic${place} matches ${topicsPattern}`;
  return { level: 'warning', code: 'NOT_FOUND', option, message, remedy: 'correct it, or apply again once there is one' };
}
