import { ConnectError, type Finding } from '../../../api/index.ts';
import { wholeMatcher } from '../../../config/linear-pattern.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import { Management, type QueueFacts } from '../protocol/management.ts';

/** What a configuration selects, as of now. */
export interface Selection {
  readonly queues: readonly string[];
  readonly streams: readonly string[];
  /** What the management API says of all queues; undefined where it isn't asked. */
  readonly facts?: ReadonlyMap<string, QueueFacts>;
  readonly findings: readonly Finding[];
}

/** Names, and what pattern and super streams stand for. Throws ConnectError where the management API can't be asked. */
export async function select(config: RabbitmqSourceConfig, signal: AbortSignal, progress?: () => void): Promise<Selection> {
  const { queues = [], streams = [], superStreams = [], queuePattern, managementUrl } = config;
  if (managementUrl === undefined) return { queues, streams, findings: [] };
  const management = new Management(config, 'source', managementUrl, signal, progress);
  const facts = await management.queues();
  const findings: Finding[] = [];
  const matches = queuePattern === undefined ? () => false : wholeMatcher(queuePattern);
  const matching = [...facts.values()].filter(({ name, type }) => type !== 'stream' && matches(name)).map(({ name }) => name);
  if (queuePattern !== undefined && matching.length === 0) {
    findings.push(finding('source.queuePattern', `no queue matches ${queuePattern}`, 'correct it, or apply again when there are queues'));
  }
  const ofSuperStreams: string[] = [];
  for (const name of superStreams) {
    const parts = await management.superStream(name);
    ofSuperStreams.push(...(parts ?? []));
    if (parts === undefined || parts.length === 0) {
      const error = new ConnectError('NOT_FOUND', `super stream ${name} does not exist`, {
        remedy: 'create it, or correct source.superStreams',
      });
      findings.push({ ...finding('source.superStreams', error.message, error.remedy as string), level: levelOfMissing(config) });
    }
  }
  return {
    queues: [...new Set([...queues, ...matching.sort()])],
    streams: [...new Set([...streams, ...ofSuperStreams])],
    facts,
    findings,
  };
}

export const levelOfMissing = ({ missing }: RabbitmqSourceConfig): Finding['level'] => (missing === 'skip' ? 'warning' : 'error');

const finding = (option: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  code: 'NOT_FOUND',
  option,
  message,
  remedy,
});
