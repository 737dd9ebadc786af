import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalTrigger } from '../../triggers/local.ts';
import { adoptSchedules } from '../shared/adopt-schedules.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { readValidDocuments } from '../shared/documents.ts';
import { applyTo } from '../shared/plan-or-apply.ts';
import { reportOutcome } from '../shared/report-outcome.ts';
import { type LookAt, type MinutesAfter, openLocalTarget, type RunEvent } from '../target/local-target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';

/** The command looks for changes by other commands this often. */
const LOOK_EVERY_MS = 2_000;
const CONCURRENCY = 8;
/** The command waits this long before it applies failed files again. */
const APPLY_AGAIN_MS = 10_000;

export const run: CommandRun = async (files, flags, output) => {
  const documents = await readValidDocuments(files, output);
  if (documents === undefined) return EXIT.usage;
  const { logger } = output;
  const createTrigger = (runEvent: RunEvent, look: LookAt, minutesAfter: MinutesAfter) =>
    createLocalTrigger({
      look,
      minutesAfter,
      run: async (event, signal) => reportOutcome(await runEvent(event, signal), output),
      concurrency: CONCURRENCY,
      logger,
    });
  const target = await openLocalTarget({ table: flags.table, logger, createTrigger });
  const { signal, done } = onInterrupt(output);
  try {
    let code = await applyTo(target, documents, flags, output);
    // A wrong file stays wrong, but an unreachable system may come back.
    if (code === EXIT.usage) return code;
    let again = Date.now() + APPLY_AGAIN_MS;
    if (code !== EXIT.ok) output.note(`some files are not applied yet; trying again every ${APPLY_AGAIN_MS / 1_000} s`);
    output.note('running until Ctrl-C');
    const adopt = adoptSchedules(target, output);
    while (!signal.aborted) {
      await adopt();
      if (code !== EXIT.ok && Date.now() >= again) {
        const corrected = await readValidDocuments(files, output);
        code = corrected === undefined ? EXIT.usage : await applyTo(target, corrected, flags, output);
        again = Date.now() + APPLY_AGAIN_MS;
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    return EXIT.ok;
  } finally {
    await target.close();
    done();
  }
};
