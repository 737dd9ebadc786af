import { describe, expect, it } from '@jest/globals';
import { mysqlError } from '../../../src/connectors/mysql/errors.ts';

const thrown = (message: string, code = 'ER_SOURCE_FATAL_ERROR_READING_BINLOG') => Object.assign(new Error(message), { code });

describe('errors of a MySQL server', () => {
  it.each([
    ['Could not find first log file name in binary log index file', 'POSITION_LOST', false],
    [
      'The slave is connecting using CHANGE MASTER TO MASTER_AUTO_POSITION = 1, but the master has purged binary logs',
      'POSITION_LOST',
      false,
    ],
    ['Client requested master to start replication from impossible position', 'POSITION_LOST', false],
    ['Server sent a TRANSACTION_PAYLOAD_EVENT (binlog_transaction_compression=ON). zongji cannot decode', 'WRONG_KIND', false],
    ['Server sent a PARTIAL_UPDATE_ROWS_EVENT (binlog_row_value_options=PARTIAL_JSON). zongji cannot decode', 'WRONG_KIND', false],
    ['A slave with the same server_uuid/server_id as this slave has connected to the master', 'UNREACHABLE', true],
  ])('that it has one number for are told apart: %s', (message, code, retriable) => {
    expect(mysqlError(thrown(message), 'db:3306')).toMatchObject({ code, retriable, message: expect.stringContaining('db:3306') });
  });

  it('that nobody knows are retriable, in one line', () => {
    expect(mysqlError(thrown('odd\nthing', 'ER_ODD'), 'db:3306').line).toMatch(/^UNREACHABLE: the MySQL server at db:3306 .*odd thing/);
  });
});
