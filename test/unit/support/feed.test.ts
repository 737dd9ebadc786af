import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { feed } from '../../support/feed.ts';

describe('a text for a program', () => {
  it('is given whole', async () => {
    const child = spawn('cat', { stdio: 'pipe' });
    const printed = text(child.stdout);
    feed(child, 'x'.repeat(1_000_000));
    expect(await printed).toHaveLength(1_000_000);
  });

  it('may be left unread', async () => {
    const child = spawn('sh', ['-c', 'exec <&-; exit 3'], { stdio: 'pipe' });
    const ended = once(child, 'close');
    feed(child, 'x'.repeat(1_000_000));
    expect((await ended)[0]).toBe(3);
  });
});
