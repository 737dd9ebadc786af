import { describe, expect, it } from '@jest/globals';
import { lockWait, type Session } from '../../../src/connectors/mysql/server/lock-wait.ts';

const session = (id: number, overrides: Partial<Session> = {}): Session => ({
  Id: id,
  User: 'app',
  Host: '10.0.0.7:5555',
  db: null,
  Command: 'Sleep',
  Time: 40,
  State: '',
  Info: null,
  ...overrides,
});
const WAITING = 'Waiting for table metadata lock';
const own = session(7, { User: 'connect', Command: 'Query', State: WAITING, Info: "SELECT `v` FROM `shop`.`t` WHERE `k` > 'secret'" });

describe('a query that got no answer', () => {
  it('says which lock it waits for and who may have it, those of its database first, without what texts hold', () => {
    const others = [
      session(1),
      session(2, { db: 'shop', Command: 'Query', Info: "UPDATE t SET v = 'private'" }),
      session(3, { User: 'connect' }),
      session(4, { Command: 'Binlog Dump' }),
      session(5, { State: WAITING }),
    ];
    const problem = lockWait([own, ...others], 7, 'db:3306');
    expect(problem).toMatchObject({ code: 'TIMEOUT', retriable: true });
    expect(problem?.message).toContain(
      "session 7 waits for a lock (Waiting for table metadata lock): SELECT `v` FROM `shop`.`t` WHERE `k` > '…'",
    );
    expect(problem?.remedy).toContain(
      "one of these: 2 of app at 10.0.0.7:5555 (UPDATE t SET v = '…', for 40 s), 1 of app at 10.0.0.7:5555 (Sleep, for 40 s);",
    );
  });

  it('says how the others come to be named where this user sees none', () => {
    expect(lockWait([own], 7, 'db:3306')?.remedy).toContain('GRANT PROCESS ON *.* TO this user');
  });

  it('is explained by no lock where it waits for none', () => {
    expect(lockWait([session(7, { State: 'Sending data' }), session(8)], 7, 'db:3306')).toBeUndefined();
    expect(lockWait([session(8)], 7, 'db:3306')).toBeUndefined();
  });
});
