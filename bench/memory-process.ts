/** Runs one task in a process of its own while there is a backlog, and prints its peak memory: `memory-process.ts '{"table", "dynamodb", "work"}'`. */
import { createDynamodbStore } from '../src/store/dynamodb/dynamodb-store.ts';
import { peakMemory } from '../test/support/peak-memory.ts';
import { TestRuntime } from '../test/support/runtime.ts';

const { table, dynamodb, deadlineMs, work } = JSON.parse(process.argv[2] as string) as {
  table: string;
  dynamodb: string;
  deadlineMs: number;
  work: { run: { connector: string; task: number } };
};
const runtime = new TestRuntime(createDynamodbStore({ table, endpoint: dynamodb }));
let records = 0;
for (let backlog = true; backlog; ) {
  const { summary } = await runtime.run(work.run, deadlineMs);
  records += summary?.records ?? 0;
  backlog = summary?.outcome === 'limit';
}
await runtime.close();
process.stdout.write(JSON.stringify({ peakMiB: peakMemory() / 1024 ** 2, records }));
