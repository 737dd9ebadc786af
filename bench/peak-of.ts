import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = path.join(import.meta.dirname, 'memory-process.ts');

export interface Peak {
  readonly peakMiB: number;
  /** The number of records that the process copied. */
  readonly records: number;
}

/** Runs the first task of the connector in a process of its own while there is a backlog. Resolves with the most memory that it held. */
export async function peakOf(connector: string, table: string, dynamodb: string, deadlineMs: number): Promise<Peak> {
  const order = { table, dynamodb, deadlineMs, work: { run: { connector, task: 0 } } };
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, SCRIPT, JSON.stringify(order)]);
  return JSON.parse(stdout) as Peak;
}
