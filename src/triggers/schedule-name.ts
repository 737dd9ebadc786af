import { createHash } from 'node:crypto';

/** A name has no more characters in EventBridge Scheduler. */
const NAME_LENGTH = 64;
const WATCH = 'watch';
const PRINT_LENGTH = 8;
const HASH_LENGTH = 8;
const PREFIX_LENGTH = NAME_LENGTH - WATCH.length - 1 - PRINT_LENGTH;

const hash = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);

/** Returns what the names of all schedules of a connector begin with: its name, cut and made unique again where that is long. */
export function schedulePrefix(connector: string): string {
  const prefix = `${connector}--`;
  return prefix.length <= PREFIX_LENGTH
    ? prefix
    : `${connector.slice(0, PREFIX_LENGTH - HASH_LENGTH - 3)}-${hash(connector, HASH_LENGTH)}--`;
}

/**
 * Makes a name such as `orders--watch-1f8ac10f`. Its end is a fingerprint of what the schedule does. A list of names, 100 in a request,
 * then shows which schedules are as they should be. Their definitions would take a request each.
 */
export function scheduleName(connector: string, definition: unknown): string {
  return `${schedulePrefix(connector)}${WATCH}-${hash(JSON.stringify(definition), PRINT_LENGTH)}`;
}

/**
 * Tells what a standing schedule of this connector starts: a look, or, as earlier versions kept them, one of its tasks. Undefined for
 * schedules of connectors whose names begin alike, and for those that start something once.
 */
export function kindOfSchedule(connector: string, name: string): 'watch' | 'task' | undefined {
  if (!name.startsWith(schedulePrefix(connector))) return undefined;
  const [, watch, task] = /^(?:(watch)|(\d{5}))-[0-9a-f]{8}$/.exec(name.slice(schedulePrefix(connector).length)) ?? [];
  return watch !== undefined ? 'watch' : task !== undefined ? 'task' : undefined;
}
