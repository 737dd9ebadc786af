import { expect, it } from '@jest/globals';
import { openDataset } from '../../../infra/local/main-job/flights/dataset.ts';
import { mysqlSystem } from '../../../infra/local/main-job/sources/mysql.ts';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { OwnServer } from '../../support/own-server.ts';

const never = new AbortController().signal;

it('says that the server is gone, and what to do, when MariaDB is killed while its rows are loaded', async () => {
  await using own = await OwnServer.start(mariadb);
  const address = own.address('mysql');
  const source = await mysqlSystem.open({ mariadb: address } as StackAddresses, '');
  try {
    let killed: Promise<void> | undefined;
    const kill = () => {
      killed ??= own.signal('SIGKILL');
    };
    const loading = source.load('flights', await openDataset('flights-200k'), never, kill);
    await expect(loading).rejects.toMatchObject({
      name: 'StackError',
      message: expect.stringMatching(`^the connection to MariaDB at ${address} was lost .*; run the same command again`),
    });
    await killed;
  } finally {
    await source.close();
  }
}, 900_000);
