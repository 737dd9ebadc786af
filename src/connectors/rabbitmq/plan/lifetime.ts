import type { Finding } from '../../../api/index.ts';
import { longestPause } from '../../../config/schedule-pause.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import type { QueueFacts } from '../protocol/management.ts';

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
  const remedy = 'raise the expires of the queue or its policy above that, or set trigger.schedule to shorter pauses';
  return [{ level: pause === undefined ? 'warning' : 'error', code: 'WRONG_KIND', option: 'source.queues', message, remedy }];
}
