import { createHash } from 'node:crypto';
import type { TaskConfig } from '../../../api/index.ts';
import type { ConsumerSpec } from '../config/consumers.ts';
import { otherSubscription } from '../protocol/open-consumer.ts';

/** What subscriptions were planned with, by client id and name: a hash, because selectors may hold what is nobody's business. */
type Memory = Readonly<Record<string, string>>;

/** What a task tells no task, and the next plan finds. */
interface PlannedOptions {
  readonly subscriptions?: Memory;
}

/**
 * Options of the first task that remember how each subscription was made, also those that a plan left out since: Classic can't be
 * asked for it. Throws CONFIG_INVALID where one would be resumed with another selector or topic.
 */
export function rememberSubscriptions(specs: readonly ConsumerSpec[], previous: readonly TaskConfig[]): PlannedOptions | undefined {
  const memory: Record<string, string> = {};
  for (const { options } of previous) Object.assign(memory, (options as PlannedOptions | undefined)?.subscriptions);
  for (const { durable, source, address, selector } of specs) {
    if (durable === undefined) continue;
    const name = JSON.stringify([durable.clientId, durable.name]);
    const made = createHash('sha256')
      .update(JSON.stringify([address, selector ?? null]))
      .digest('hex')
      .slice(0, 16);
    if (memory[name] !== undefined && memory[name] !== made) throw otherSubscription(`${source} was made with another selector or topic`);
    memory[name] = made;
  }
  return Object.keys(memory).length === 0 ? undefined : { subscriptions: memory };
}
