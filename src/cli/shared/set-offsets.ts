import type { AlteredOffset, AlterOffsetsResult } from '../../runtime/planner-api.ts';
import { number } from '../render/numbers.ts';
import { renderTable } from '../render/table.ts';
import { withTarget } from '../target/target.ts';
import { confirmed, mustBeAbleToAsk } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';
import type { CommandRun } from './command-run.ts';
import type { Flags } from './options.ts';

const UNTOUCHED = 'nothing was changed';

/** Makes a command that sets positions. `wanted` reads them from the options; undefined: all partitions start over. */
export const setOffsets =
  (action: 'alter' | 'reset', wanted: (flags: Flags) => Promise<Readonly<Record<string, string | null>> | undefined>): CommandRun =>
  async ([connector = ''], flags, output) => {
    const offsets = await wanted(flags);
    if (flags.yes !== true) {
      mustBeAbleToAsk(`offsets ${action}`, false);
      const count = offsets === undefined ? 'all' : number(Object.keys(offsets).length);
      const question = `Set ${count} positions of ${connector}? Records may come again, or be passed over. [y/N] `;
      if (!(await confirmed(question, UNTOUCHED))) {
        output.note(UNTOUCHED);
        if (flags.json) output.json({ connector, altered: [] });
        return EXIT.failure;
      }
    }
    return withTarget(flags, output, async ({ planner }) => {
      const request = { action: 'alter-offsets', connector, ...(offsets && { offsets }) } as const;
      const result = await ask<AlterOffsetsResult>(planner, request);
      if (flags.json) output.json(result);
      else if (result.altered.length === 0) output.result(`${connector}: ${UNTOUCHED}, all partitions are there already`);
      else output.result(renderTable(['partition', 'before', 'after'], result.altered.map(row)));
      return EXIT.ok;
    });
  };

const row = ({ partition, before = 'never read', after = 'starts over' }: AlteredOffset): string[] => [partition, before, after];
