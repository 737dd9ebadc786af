import { isDeepStrictEqual } from 'node:util';
import type { Message, SnapshotCopy } from './snapshot-copy.ts';
import { tableNames } from './snapshot-fold-tables.ts';

/** By key. */
type Rows = Readonly<Record<string, unknown>>;

/** What is wrong with the messages of a copy, folded key by key: each line one key whose last message is not the table's row. */
export async function differences(copy: SnapshotCopy): Promise<string[]> {
  const queues = await copy.messages();
  const wrong = [...keysInSeveralQueues(queues)].map((key) => `key ${key} is in several queues`);
  const folded = fold(queues);
  const there = new Set((await copy.lab.tables()).map(({ name }) => name));
  for (const name of tableNames.filter((table) => there.has(table))) {
    const rows = await copy.rows(name);
    const copied = folded[name] ?? {};
    for (const key of new Set([...Object.keys(rows), ...Object.keys(copied)])) {
      if (isDeepStrictEqual(rows[key], copied[key])) continue;
      const has = JSON.stringify(rows[key] ?? null);
      wrong.push(`${name} ${key}: the table has ${has}, the messages are ${trace(queues, name, key)}`);
    }
  }
  return wrong;
}

/** What a consumer makes of the messages: the last value of each key, by table. */
export function fold(queues: readonly Message[][]): Record<string, Rows> {
  const tables: Record<string, Record<string, unknown>> = {};
  for (const { key, value } of queues.flat()) {
    if (value === undefined || key === undefined) continue;
    tables[value.source.table] ??= {};
    const rows = tables[value.source.table] as Record<string, unknown>;
    if (value.op === 'd') delete rows[key];
    else rows[key] = value.after;
  }
  return tables;
}

function* keysInSeveralQueues(queues: readonly Message[][]): Iterable<string> {
  const queueOf = new Map<string, number>();
  for (const [queue, messages] of queues.entries()) {
    for (const { key, value } of messages) {
      if (value === undefined) continue;
      const name = `${value.source.table} ${key}`;
      if ((queueOf.get(name) ?? queue) !== queue) yield name;
      queueOf.set(name, queue);
    }
  }
}

/** The messages of one key, in their order. */
function trace(queues: readonly Message[][], table: string, key: string): string {
  const own = queues.flat().filter((message) => message.key === key && message.value?.source.table === table);
  return own.map(({ value }) => `${value?.op} ${value?.source.gtid}+${value?.source.row} ${JSON.stringify(value?.after)}`).join(', then ');
}
