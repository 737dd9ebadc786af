import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

describe.each([mariadb, mysql56])('a log that was purged between two runs, on $name', (server) => {
  let own: OwnServer;
  let copy: SnapshotCopy;
  beforeAll(async () => {
    own = await OwnServer.start(server);
    copy = await SnapshotCopy.open({ address: own.address('mysql') });
  });
  afterAll(async () => {
    await copy[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  });
  const sql = (text: string) => copy.lab.admin.query(text);

  it('fails the task, or has all rows copied anew by the next plan, as the configuration says', async () => {
    await sql("CREATE TABLE orders (id INT PRIMARY KEY, text VARCHAR(20)); INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    await copy.apply();
    await copy.runToEnd();
    await copy.apply();
    await sql("UPDATE orders SET text = 'lost' WHERE id = 1; INSERT INTO orders VALUES (4, 'lost')");
    await purgeLog();

    await copy.apply();
    expect(await copy.runtime.run({ connector: copy.name, task: 0 })).toMatchObject({ summary: { error: { code: 'POSITION_LOST' } } });

    await copy.apply({ onLogPurged: 'snapshot' });
    await sql("INSERT INTO orders VALUES (9, 'new')");
    await copy.runToEnd();
    const ops = (await copy.messages()).flat().map(({ value }) => value?.op);
    expect(ops.filter((op) => op === 'r')).toHaveLength(3 + 4);
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
    await copy.apply({ onLogPurged: 'snapshot' });
    expect((await copy.apply({ onLogPurged: 'snapshot' })).tasks.flatMap(({ partitions }) => partitions)).toEqual(['stream']);
  });

  /** Nothing is left of what the log held until now. A file that a reader had open a moment ago stays: so it is tried again. */
  async function purgeLog(): Promise<void> {
    await sql('FLUSH BINARY LOGS');
    for (;;) {
      const [files] = (await sql('SHOW BINARY LOGS')) as unknown as [Array<{ Log_name: string }>];
      if (files.length === 1) return;
      await sql(`PURGE BINARY LOGS TO '${files.at(-1)?.Log_name}'`);
      await setTimeout(50);
    }
  }
});
