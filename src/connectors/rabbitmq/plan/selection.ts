import type { Channel } from 'amqplib';
import { ConnectError, type Finding } from '../../../api/index.ts';
import { wholeMatcher } from '../../../config/linear-pattern.ts';
import { longestPause } from '../../../config/schedule-pause.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import { Management, type QueueFacts } from '../protocol/management.ts';
import { askEach } from '../protocol/queue-counts.ts';

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

/** No queue can have it, so that the request makes no queue where there is none. */
const IMPOSSIBLE = { 'x-expires': -1 };
const IS_NOT_DURABLE = /inequivalent arg 'durable'/;
const STAYS = /inequivalent arg 'auto_delete'.*current is 'false'/s;

/**
 * Those of `queues` that stay when their last consumer leaves. AMQP has no question for that, but a server that is asked to declare a
 * queue in another way than it is says what differs; it changes nothing, and writes an error to its log. Only a user with the
 * permission `configure` gets that answer. Throws ConnectError where the connection is lost.
 */
export async function stayingQueues(
  connection: RabbitmqConnection,
  queues: readonly string[],
  progress?: () => void,
): Promise<ReadonlySet<string>> {
  const refusals = await askEach(connection, queues, (channel, queue) => refusal(channel, queue, true), progress);
  const transient = queues.filter((queue) => saysOf(refusals.get(queue), IS_NOT_DURABLE));
  const more = await askEach(connection, transient, (channel, queue) => refusal(channel, queue, false), progress);
  return new Set(queues.filter((queue) => saysOf(more.get(queue) ?? refusals.get(queue), STAYS)));
}

async function refusal(channel: Channel, queue: string, durable: boolean): Promise<void> {
  await channel.assertQueue(queue, { durable, autoDelete: true, arguments: IMPOSSIBLE });
}

const saysOf = (answer: unknown, words: RegExp): boolean =>
  answer instanceof ConnectError && words.test((answer.cause as Error | undefined)?.message ?? answer.message);

type Schedule = { readonly expression: string; readonly timeZone: string } | undefined;

/** Queues that could go, with their messages, because of how they are read. */
export function lifetimeFindings(
  config: RabbitmqSourceConfig,
  queues: readonly string[],
  facts: ReadonlyMap<string, QueueFacts> | undefined,
  schedule: Schedule,
): Finding[] {
  if (facts === undefined) return [];
  return queues.flatMap((queue) => {
    const known = facts.get(queue);
    return known === undefined ? [] : [...autoDelete(config, known), ...expiry(known, schedule)];
  });
}

function autoDelete({ readBy }: RabbitmqSourceConfig, { name, auto_delete }: QueueFacts): Finding[] {
  if (auto_delete !== true) return [];
  if (readBy === 'consumer') {
    const message = `queue ${name} is auto-delete: the end of a run would delete it, with the messages that are left`;
    return [
      {
        level: 'error',
        code: 'WRONG_KIND',
        option: 'source.readBy',
        message,
        remedy: 'set it to auto, or make the queue without auto-delete',
      },
    ];
  }
  const message = `queue ${name} is auto-delete, and read message by message, more slowly, because the end of a consumer would delete it`;
  return [{ level: 'warning', code: 'WRONG_KIND', option: 'source.queues', message, remedy: 'make it without auto-delete' }];
}

function expiry({ name, arguments: own, effective_policy_definition: policy }: QueueFacts, schedule: Schedule): Finding[] {
  const times = [own?.['x-expires'], policy?.expires].filter((time) => typeof time === 'number');
  if (times.length === 0) return [];
  const expires = Math.min(...times);
  const pause = schedule === undefined ? undefined : longestPause(schedule.expression, schedule.timeZone, Date.now());
  if (pause !== undefined && pause < expires) return [];
  const waits = pause === undefined ? 'nothing says when it is read next' : `the schedule leaves up to ${pause} ms between two runs`;
  const message = `queue ${name} is deleted, with its messages, after ${expires} ms in which nobody reads it, and ${waits}`;
  const remedy = 'raise the expires of the queue or its policy above that, or set trigger.schedule or trigger.idle to shorter pauses';
  return [{ level: pause === undefined ? 'warning' : 'error', code: 'WRONG_KIND', option: 'source.queues', message, remedy }];
}
