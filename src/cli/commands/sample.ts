import { renderSampled } from '../render/sample.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async (target) => {
    const tasks = flags.task as readonly number[] | undefined;
    const { signal, done } = onInterrupt(output, 'stopping: the source gets back what it delivered; press Ctrl-C again to end at once');
    const onNote = (text: string) => output.note(`${connector}: ${text}`);
    const messages = await target
      .sample({ connector, ...(tasks && { tasks }), limit: flags.limit as number, signal, onNote })
      .finally(done);
    if (flags.json) output.json(messages);
    else if (messages.length === 0) output.note(`${connector}: there is nothing to copy now`);
    else for (const message of messages) output.result(renderSampled(message));
    if (!signal.aborted) return EXIT.ok;
    output.failed({ code: 'INTERRUPTED', message: 'the sample stopped before it had enough records', retriable: true, connector });
    return EXIT.interrupted;
  });
