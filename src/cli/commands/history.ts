import { stringify } from 'yaml';
import type { ConfigResult, HistoryResult } from '../../runtime/planner-api.ts';
import { renderHistory } from '../render/history.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    if (flags.generation !== undefined) {
      const config = await ask<ConfigResult>(planner, { action: 'config', connector, generation: flags.generation as number });
      if (flags.json) output.json(config);
      else output.result(stringify(config.file).trimEnd());
      return EXIT.ok;
    }
    const { changes } = await ask<HistoryResult>(planner, { action: 'history', connector, limit: Number(flags.limit) });
    if (flags.json) output.json(changes);
    else if (changes.length === 0) output.note(`no change of ${connector} is known; it was made before there was a history`);
    else output.result(renderHistory(changes));
    return EXIT.ok;
  });
