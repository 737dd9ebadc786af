import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorSummary, Planner, StatusResult } from '../../runtime/planner-api.ts';
import { EXIT } from '../exit-code.ts';
import { ask } from '../failures.ts';
import { onInterrupt } from '../interrupt.ts';
import type { CommandRun } from '../program.ts';
import { renderStatus } from '../render/status.ts';
import { withTarget } from '../target.ts';

const WATCH_MS = 2_000;
const CLEAR = '\x1b[2J\x1b[H';

export const run: CommandRun = (names, flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const redraw = flags.watch && process.stdout.isTTY ? CLEAR : '';
    const show = async () => {
      const states = await statusOf(planner, names);
      if (flags.json) flags.watch ? output.jsonLine(states) : output.json(states);
      else if (states.length === 0) output.note('no connectors; see `rocketmq-connect apply --help`');
      else output.result(redraw + states.map((state) => renderStatus(state, Date.now(), { local: flags.target === 'local' })).join('\n\n'));
    };
    await show();
    if (!flags.watch) return EXIT.ok;
    const { signal, done } = onInterrupt(output, '');
    while (!signal.aborted && !output.closed) {
      await sleep(WATCH_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await show();
    }
    done();
    return EXIT.ok;
  });

async function statusOf(planner: Planner, names: readonly string[]): Promise<StatusResult[]> {
  const wanted = names.length > 0 ? names : (await ask<ConnectorSummary[]>(planner, { action: 'list' })).map(({ name }) => name);
  const states: StatusResult[] = [];
  for (const connector of wanted) states.push(await ask<StatusResult>(planner, { action: 'status', connector }));
  return states;
}
