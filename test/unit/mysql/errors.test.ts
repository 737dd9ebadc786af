import { describe, expect, it } from '@jest/globals';
import { mysqlError } from '../../../src/connectors/mysql/server/errors.ts';

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
    expect(mysqlError(thrown(message), 'db:3306', 'source')).toMatchObject({
      code,
      retriable,
      message: expect.stringContaining('db:3306'),
    });
  });

  it.each([
    ['ER_NO_SUCH_TABLE', "Table 'shop.purged_orders' doesn't exist", 'NOT_FOUND'],
    ['ER_TABLEACCESS_DENIED_ERROR', "SELECT command denied to user 'u' for table 'purged'", 'FORBIDDEN'],
  ])('that have a number of their own are not taken for those of the log, whatever a table is called: %s', (code, message, expected) => {
    expect(mysqlError(thrown(message, code), 'db:3306', 'source')).toMatchObject({ code: expected });
  });

  it.each([
    [thrown('Client network socket disconnected before secure TLS connection was established', 'HANDSHAKE_SSL_ERROR'), 'UNREACHABLE', true],
    [Object.assign(thrown('read ECONNRESET', 'HANDSHAKE_SSL_ERROR'), { syscall: 'read' }), 'UNREACHABLE', true],
    [Object.assign(thrown('write EPROTO wrong version number', 'HANDSHAKE_SSL_ERROR'), { syscall: 'write' }), 'TLS_FAILED', false],
    [thrown('self-signed certificate', 'HANDSHAKE_SSL_ERROR'), 'TLS_FAILED', false],
  ])('that end a handshake are of the network where the connection was lost: %s', (error, code, retriable) => {
    expect(mysqlError(error, 'db:3306', 'source')).toMatchObject({ code, retriable });
  });

  it('that nobody knows are retriable, in one line', () => {
    expect(mysqlError(thrown('odd\nthing', 'ER_ODD'), 'db:3306', 'source').line).toMatch(
      /^UNREACHABLE: the MySQL server at db:3306 .*odd thing/,
    );
  });
});
