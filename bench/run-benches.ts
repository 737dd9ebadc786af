import { writeFileSync } from 'node:fs';
import Table from 'cli-table3';
import { Command } from 'commander';
import { startStack } from '../infra/local/stack.ts';
import type { Bench, Row } from './row.ts';

/** Starts a stack of its own, runs the benches that the command line chooses, prints a table, stops the stack and ends the process. */
export async function runBenches(name: string, benches: readonly Bench[]): Promise<never> {
  const program = new Command(name)
    .option('--only <name...>', `rows whose names start with NAME, such as ${benches[0]?.names[0]}`)
    .option('--json <file>', 'also write the rows as JSON')
    .option('--port-offset <n>', 'number to add to every port of the stack', Number, 10_000)
    .parse();
  const { only, json, portOffset } = program.opts<{ only?: string[]; json?: string; portOffset: number }>();

  const wants = (row: string): boolean => only === undefined || only.some((wanted) => row.startsWith(wanted) || isBelow(wanted, row));
  const chosen = benches.filter(({ names }) => names.some(wants));
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  if (chosen.length === 0) program.error(`error: no rows start with ${only}; try ${benches.flatMap(({ names }) => names).join(', ')}`);

  const servers = [...new Set(chosen.flatMap((bench) => bench.servers))];
  const stack =
    servers.length === 0 ? undefined : await startStack({ servers, portOffset, dataDir: `.stack/${name}`, onProgress: progress });
  // The parts that find the stack by themselves, as tests do, read this.
  if (stack !== undefined) process.env.STACK_ADDRESSES = JSON.stringify(stack.addresses);
  const rows: Row[] = [];
  try {
    for (const bench of chosen) {
      // The others still run if one fails.
      const measured = await bench.run({ addresses: stack?.addresses ?? ({} as never), progress, wants }).catch((error: Error) => {
        progress(`${bench.names[0]}: ${error.stack}`);
        process.exitCode = 1;
        return [];
      });
      rows.push(...measured);
    }
  } finally {
    // The folder has tens of gigabytes that nobody reads again.
    await stack?.discard();
  }
  const shown = rows.filter(({ name }) => wants(name));
  const table = new Table({ head: ['name', 'value', 'unit', 'baseline', 'ratio'], style: { head: [], border: [] } });
  for (const { name, value, unit, baseline, ratio } of shown) table.push([name, value, unit, baseline ?? '', ratio ?? '']);
  process.stdout.write(`${table.toString()}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(shown, null, 2)}\n`);
  process.exit();
}

/** Whether a name is one of the parts of another one, and not only longer. */
const isBelow = (name: string, above: string): boolean => name.startsWith(above.endsWith('/') ? above : `${above}/`);
