import { isDeepStrictEqual } from 'node:util';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { OptionChange } from '../planner-api.ts';

export interface Progress {
  /** The options of the system's section that count only for partitions that were never read. */
  readonly startOptions: readonly string[];
  readonly partitions: number;
  /** How many of the partitions have a position. */
  readonly read: number;
}

/** Returns, option by option, what differs between the spec in force and the one that is to be. Secrets are references in both. */
export function optionChanges(before: ConnectorSpec, after: ConnectorSpec, progress: Progress): OptionChange[] {
  const starts = new Set(progress.startOptions.map((start) => `${after.direction}.${start}`));
  const [old, now] = [leaves(before, starts), leaves(after, starts)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names
    .filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)))
    .map((option) => {
      const [was, is] = [old.get(option), now.get(option)];
      const effect = starts.has(option) ? effectOfStart(progress, after.direction) : undefined;
      return {
        option,
        ...(was !== undefined && { before: withoutUsers(was) }),
        ...(is !== undefined && { after: withoutUsers(is) }),
        ...(effect !== undefined && { effect }),
      };
    });
}

function effectOfStart({ partitions, read }: Progress, direction: ConnectorSpec['direction']): string | undefined {
  if (read === 0) return undefined;
  if (direction === 'sink')
    return 'has no effect on queues of a topic that is read: where each begins is settled; to start over, delete the connector or give it another name';
  if (read < partitions) return `counts only for the ${partitions - read} of ${partitions} partitions that were never read`;
  return 'has no effect any more: every partition has been read; to start over, delete the connector or give it another name';
}

/**
 * Returns the options by name, such as `source.sasl.mechanism`. A list is one value, and so is a start. They come from JSON, as the store
 * keeps a spec.
 */
function leaves(spec: ConnectorSpec, whole: ReadonlySet<string>): Map<string, unknown> {
  const { direction, maxTasks, trigger, system, rocketmq, batch, errors } = spec;
  const found = new Map<string, unknown>();
  const visit = (value: unknown, name: string) => {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value) && !whole.has(name);
    if (isSection) for (const [key, inner] of Object.entries(value)) visit(inner, name === '' ? key : `${name}.${key}`);
    else found.set(name, value);
  };
  visit(JSON.parse(JSON.stringify({ maxTasks, trigger, [direction]: system, rocketmq, batch, errors })), '');
  return found;
}

/** Hides the user of an address: it may have been written with a password in it before that was refused. */
const withoutUsers = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(/(\w+:\/\/)[^@/\s"]+@/g, '$1***@'));
