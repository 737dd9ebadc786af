import { toConnectError } from '../../api/index.ts';
import { parseSchedule } from '../../config/schedule-expression.ts';
import { scheduleOf } from '../../runtime/planner/schedule-of.ts';
import type { ConnectorItem } from '../../store/store.ts';
import type { LocalTarget } from '../target/local-target.ts';
import type { Output } from '../terminal/output.ts';

/**
 * Returns a function that takes the schedules of all connectors from the table into this process, whichever process changed them. Like
 * EventBridge Scheduler, it starts the tasks of a rate at once when it first sees it. It also starts tasks that somebody resumed or restarted
 * by another process, which can't start them itself.
 */
export function adoptSchedules({ trigger, connectors }: Pick<LocalTarget, 'trigger' | 'connectors'>, output: Output): () => Promise<void> {
  const held = new Map<string, string>();
  const desiredAts = new Map<string, number>();

  const adopt = async ({ name: connector, tasks, desired, desiredAt = 0, spec }: ConnectorItem) => {
    const enabled = desired === 'RUNNING';
    const startAll = () => trigger.fire(Array.from({ length: tasks }, (_, task) => ({ connector, task })));
    const before = desiredAts.get(connector) ?? desiredAt;
    if (enabled && desiredAt > before) await startAll();
    // Behind the starts: where they fail, the next look makes up for them.
    desiredAts.set(connector, desiredAt);
    const standing = { connector, tasks, enabled, ...scheduleOf(spec.trigger) };
    await trigger.sync(standing);
    const now = JSON.stringify(standing);
    if (held.get(connector) === now) return;
    held.set(connector, now);
    if (standing.schedule === undefined || !enabled) return output.note(`${connector}: ${enabled ? 'no schedule' : desired}`);
    const { expression, timeZone, idleMinutes } = standing.schedule;
    const { kind, nextRun } = parseSchedule(expression, timeZone);
    if (kind === 'rate') await startAll();
    const next = nextRun(Date.now());
    const when = next === undefined ? 'does not start again' : `next at ${new Date(next).toISOString()}`;
    output.note(`${connector}: ${idleMinutes === undefined ? '' : 'at first '}${expression}, ${when}`);
  };

  return async () => {
    try {
      const items = await connectors();
      for (const item of items) await adopt(item);
      for (const connector of held.keys()) {
        if (items.some(({ name }) => name === connector)) continue;
        held.delete(connector);
        desiredAts.delete(connector);
        await trigger.sync({ connector, tasks: 0, enabled: false });
        output.note(`${connector}: deleted`);
      }
    } catch (error) {
      output.problem(toConnectError(error).line);
    }
  };
}
