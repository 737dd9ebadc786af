import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './stack-error.ts';

const SQLITE_BUSY = 5;

/**
 * Runs `work` while no other process does so under the same file. The operating system holds the lock for SQLite, so it ends with its
 * process, however that dies. A lock file with a process id would outlive it.
 */
export async function withLock<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    await lock(database, file, Date.now() + waitMs);
    return await work();
  } finally {
    database.close();
  }
}

async function lock(database: DatabaseSync, file: string, deadline: number): Promise<void> {
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
      if (Date.now() > deadline) throw new StackError(`another command holds ${file}`, 'wait for it to end, then run this one again');
      await sleep(100);
    }
  }
}
