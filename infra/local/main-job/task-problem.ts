import type { TaskTotals } from '../../../src/cli/target/run-totals.ts';
import { SERVER_IS_AWAY } from './server-away.ts';

/** Returns a line that says how the task failed, and what to do if a server was away. `source` is the title of the system that it reads. */
export function taskProblem({ task, outcome, error }: TaskTotals, source: string): string {
  if (error === undefined) return `task ${task}: ${outcome}`;
  const line = `task ${task}: ${error.code}: ${error.message}`;
  if (!SERVER_IS_AWAY.has(error.code)) return line;
  const server = error.message.startsWith('rocketmq.') ? 'RocketMQ' : source;
  const again = 'then run the same command again: nothing is lost, it goes on where this run stopped';
  return `${line}; start ${server} if the stack does not, ${again}`;
}
