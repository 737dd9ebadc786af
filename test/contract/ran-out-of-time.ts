import type { TaskOutcome } from '../../src/runtime/run/contracts.ts';

/** Whether the time of a run was over before it had copied everything, or the run came before the pause after such a run was over. */
export const ranOutOfTime = ({ outcome, summary }: TaskOutcome): boolean =>
  outcome === 'not-before' || summary?.outcome === 'deadline' || /^(TIMEOUT|INTERRUPTED)$/.test(summary?.error?.code ?? '');
