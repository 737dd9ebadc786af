/** `npm run bench -- [--only NAME] [--json FILE]`: starts a stack of its own, prints a table, stops the stack. */
import { writeFileSync } from 'node:fs';
import Table from 'cli-table3';
import { Command } from 'commander';
import { startStack } from '../infra/local/stack.ts';
import { coldStart } from './cold-start.ts';
import { crashes } from './crash.ts';
import { folds } from './fold.ts';
import { idle } from './idle.ts';
import { memory } from './memory.ts';
import { mysqlSnapshot } from './mysql-snapshot.ts';
import { mysqlSnapshotMemory } from './mysql-snapshot-memory.ts';
import { mysqlStream } from './mysql-stream.ts';
import { planner } from './planner.ts';
import { queueThroughput } from './queue-throughput.ts';
import { activemqSystem } from './read-raw-activemq.ts';
import { rabbitmqSystem } from './read-raw-rabbitmq.ts';
import type { Row } from './row.ts';
import { throughput } from './throughput.ts';

const benches = [
  throughput,
  queueThroughput(rabbitmqSystem),
  queueThroughput(activemqSystem),
  mysqlStream,
  mysqlSnapshot,
  coldStart,
  idle,
  memory,
  mysqlSnapshotMemory,
  planner,
  ...crashes,
  ...folds,
];

const program = new Command('bench')
  .option('--only <name...>', 'rows whose names start with NAME, e.g. kafka-source/1KiB')
  .option('--json <file>', 'write the rows as JSON, too')
  .option('--port-offset <n>', 'added to every port of the stack', Number, 10_000)
  .parse();
const { only, json, portOffset } = program.opts<{ only?: string[]; json?: string; portOffset: number }>();

const wants = (name: string): boolean => only === undefined || only.some((wanted) => name.startsWith(wanted) || wanted.startsWith(name));
const chosen = benches.filter(({ names }) => names.some(wants));
const progress = (text: string): void => void process.stderr.write(`${text}\n`);
if (chosen.length === 0) program.error(`error: no rows start with ${only}; try ${benches.flatMap(({ names }) => names).join(', ')}`);

const servers = [...new Set(chosen.flatMap((bench) => bench.servers))];
const stack = servers.length === 0 ? undefined : await startStack({ servers, portOffset, dataDir: '.stack/bench', onProgress: progress });
// The parts that find the stack by themselves, as tests do.
if (stack !== undefined) process.env.STACK_ADDRESSES = JSON.stringify(stack.addresses);
const rows: Row[] = [];
try {
  for (const bench of chosen) {
    // One that fails must not cost the others' minutes.
    const measured = await bench.run({ addresses: stack?.addresses ?? ({} as never), progress, wants }).catch((error: Error) => {
      progress(`${bench.names[0]}: ${error.stack}`);
      process.exitCode = 1;
      return [];
    });
    rows.push(...measured);
  }
} finally {
  // Tens of gigabytes that nobody reads again.
  await stack?.discard();
}
const shown = rows.filter(({ name }) => wants(name));
const table = new Table({ head: ['name', 'value', 'unit', 'baseline', 'ratio'], style: { head: [], border: [] } });
for (const { name, value, unit, baseline, ratio } of shown) table.push([name, value, unit, baseline ?? '', ratio ?? '']);
process.stdout.write(`${table.toString()}\n`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify(shown, null, 2)}\n`);
process.exit();
