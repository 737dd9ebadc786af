import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isGone, LOCAL_OWNER, ownerForPeople } from '../../../src/cli/target/local-owner.ts';

const [, pid = '', machine = '', start = ''] = LOCAL_OWNER.split('/');
const owner = (parts: { pid?: number | string; machine?: string; start?: string }) =>
  ['host', parts.pid ?? pid, parts.machine ?? machine, parts.start ?? start].join('/');

describe('the holder of a lease', () => {
  it('is not gone while its process runs', () => {
    expect(isGone(LOCAL_OWNER)).toBe(false);
  });

  it('is gone when its process has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(isGone(owner({ pid: child.pid as number }))).toBe(true);
  });

  it('is gone when its number belongs to a process that began at another time', () => {
    expect(isGone(owner({ start: '1' }))).toBe(true);
  });

  it.each([
    ['another machine, boot or container', owner({ machine: '0123456789ab', pid: 2 ** 22 + 1 })],
    ['a function', '8c3b2f10-1111-2222-3333-444455556666'],
    ['a planner', 'planner'],
    ['an older version', `host/${2 ** 22 + 1}`],
  ])('may be there still where it is of %s', (_, other) => {
    expect(isGone(other)).toBe(false);
  });

  it('is shown as host and process', () => {
    expect(ownerForPeople('host/12/0123456789ab/345')).toBe('host/12');
  });
});
