import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * The owner of leases that this process takes. It has host and process id for people, then marks of this boot, container and process for
 * `isGone`.
 */
export const LOCAL_OWNER = [`${hostname()}/${process.pid}`, ...(mark(process.pid) ?? [])].join('/');

/** Returns whether the owner was a process of this machine that has ended. Returns false if this process can't know. */
export function isGone(owner: string): boolean {
  const [, pid, machine, start] = /\/(\d+)\/([0-9a-f]{12})\/(\d+)$/.exec(owner) ?? [];
  const own = mark(process.pid);
  if (pid === undefined || own === undefined || own[0] !== machine) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = mark(Number(pid));
  return now !== undefined && now[1] !== start;
}

/** Returns `host/pid`, as people know it. */
export const ownerForPeople = (owner: string): string => owner.split('/').slice(0, 2).join('/');

/** Returns the machine with its boot and process space, and when the process started. Returns undefined if the system does not say. */
function mark(pid: number): [machine: string, start: string] | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const machine = createHash('sha256')
      .update(`${boot} ${readlinkSync('/proc/self/ns/pid')}`)
      .digest('hex')
      .slice(0, 12);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The process name may hold spaces, so the state is after its bracket. A zombie has ended, too.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? [machine, 'ended'] : [machine, fields[18] as string];
  } catch {
    return undefined;
  }
}
