import type { Issue } from '../../../config/issue.ts';
import { patternProblem } from '../../../config/linear-pattern.ts';
import { hasReference } from '../../../config/references.ts';
import { plannedPartitions } from './partitions.ts';

interface Selection {
  readonly queues?: readonly string[] | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly superStreams?: readonly string[] | undefined;
  readonly queuePattern?: string | undefined;
  readonly managementUrl?: string | undefined;
  readonly consumersPerQueue: number;
}

/** What to copy. */
export function refineSelection(config: Selection, issue: Issue): void {
  const { queues = [], streams = [], superStreams = [], queuePattern, managementUrl, consumersPerQueue } = config;
  const names = [...queues, ...streams, ...superStreams];
  if (names.length === 0 && queuePattern === undefined) {
    issue(['queues'], 'missing', 'set it to a list of queues, or source.streams to a list of streams');
  }
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) issue(['queues'], `${JSON.stringify(twice)} is listed twice`, 'name each queue and stream once');
  else if (plannedPartitions(config).size < queues.length * consumersPerQueue + streams.length) {
    issue(['consumersPerQueue'], 'two consumers would get the same name, like orders@0', 'set it to 1, or rename a queue');
  }
  if (managementUrl === undefined && (queuePattern !== undefined || superStreams.length > 0)) {
    const asking = queuePattern === undefined ? 'source.superStreams' : 'source.queuePattern';
    const remedy = 'set it to the address of the management plugin, like http://rabbit-1:15672';
    issue(['managementUrl'], `missing, but ${asking} needs it`, remedy);
  }
  const problem = queuePattern === undefined || hasReference(queuePattern) ? undefined : patternProblem(queuePattern);
  if (problem !== undefined) issue(['queuePattern'], `is no regular expression: ${problem}`, 'correct it');
}
