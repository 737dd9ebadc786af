import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';

const prefix = '#sql';

it.each([mariadb, mysql56])(
  'the first start of $name keeps no temporary table where other servers look for what is left of them',
  async (server) => {
    let removed = 0;
    let started = false;
    const others = (async () => {
      for (; !started; await sleep(1)) {
        for (const name of await readdir(tmpdir())) {
          if (!name.startsWith(prefix)) continue;
          removed += 1;
          await rm(join(tmpdir(), name), { force: true });
        }
      }
    })();
    const starting = OwnServer.start(server).finally(() => {
      started = true;
    });
    await others;
    await using own = await starting;
    expect(removed).toBe(0);
    expect(await readdir(own.folder)).not.toContain('data.tmp');
  },
  300_000,
);
