import type { ConnectorState, ConnectorSummary, Planner, StatusResult } from '../../runtime/planner-api.ts';
import { renderStatus } from '../render/status.ts';
import { byUrgency } from '../shared/by-urgency.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { follow } from '../shared/follow.ts';
import { matchingNames } from '../shared/matching-names.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

const WATCH_MS = 2_000;
const CLEAR = '\x1b[2J\x1b[H';

export const run: CommandRun = (names, flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const redraw = flags.watch && process.stdout.isTTY ? CLEAR : '';
    const show = async () => {
      const states = await statusOf(planner, names, flags.state as readonly ConnectorState[] | undefined);
      if (flags.json) flags.watch ? output.jsonLine(states) : output.json(states);
      else if (states.length === 0 && flags.state !== undefined) output.note('no connector is in that state');
      else if (states.length === 0) output.note('there are no connectors; see `rocketmq-connect apply --help`');
      else output.result(redraw + states.map((state) => renderStatus(state, Date.now(), { local: flags.target === 'local' })).join('\n\n'));
    };
    if (!flags.watch) await show();
    else {
      await follow(output, async (signal) => {
        await show();
        await output.ready(signal);
        return WATCH_MS;
      });
    }
    return EXIT.ok;
  });

async function statusOf(planner: Planner, names: readonly string[], only?: readonly ConnectorState[]): Promise<StatusResult[]> {
  const wanted =
    names.length > 0
      ? await matchingNames(planner, names)
      : byUrgency(await ask<ConnectorSummary[]>(planner, { action: 'list' }), only).map(({ name }) => name);
  const states: StatusResult[] = [];
  for (const connector of wanted) states.push(await ask<StatusResult>(planner, { action: 'status', connector }));
  // Names have the order in which they are given.
  return names.length > 0 && only === undefined ? states : byUrgency(states, only);
}
