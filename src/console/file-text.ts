import { stringify } from 'yaml';

/** The order in which people write a connector file. The store keeps none. */
const FIRST = ['name', 'type', 'maxTasks', 'trigger', 'source', 'sink', 'rocketmq'];

/** Returns a connector file as YAML. */
export function fileText(file: Readonly<Record<string, unknown>>): string {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const ordered = Object.entries(file).toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
  return stringify(Object.fromEntries(ordered));
}
