import * as z from 'zod';
import { choice, flag, integer, list, section, text } from '../../../config/options.ts';
import { connectionConfig } from './connection-config.ts';
import { patternForm } from './name-pattern.ts';

/** Options of the `source` section that are about rows which are there before the log is read. */
const snapshotConfig = {
  snapshot: choice(['initial', 'never', 'only', 'when-needed'], {
    description:
      'Which rows are copied besides the changes in the log: those of all tables when the connector is first planned (`initial`), none (`never`), these and no changes (`only`), or as `initial` and once more whenever the server no longer has the log where the stream would go on (`when-needed`). Tables that the configuration adds later are copied with the next plan, except with `never`.',
  }).default('initial'),
  snapshotRangeRows: integer({
    description:
      'Rows of a table that are one partition, about: parts of a table are copied at the same time where there are tasks for them. Tables are cut by their primary keys.',
    unit: 'none',
    min: 1_000,
    max: 1_000_000_000,
  }).default(500_000),
  snapshotMaxRowsWithoutKey: integer({
    description:
      'Rows of a table without a primary key, at most. Such a table is copied in one go, which must fit one run, and begins again after a failure.',
    unit: 'none',
    min: 0,
    max: 10_000_000,
  }).default(100_000),
  onLogPurged: choice(['fail', 'snapshot'], {
    description:
      'What the next plan does when the server no longer has the log where the stream would go on: nothing, so that the task fails and says so, or copy all rows anew and go on at the end of the log.',
  }).default('fail'),
};

const pattern = (description: string, expects: string, example: string, parts: number) =>
  text({ description, pattern: patternForm(parts), expects, example });
const tablePattern = (description: string) =>
  pattern(description, '`database.table`, where * stands for any characters and names with dots are in backticks', 'shop.orders', 2);
const columnPattern = (description: string) =>
  pattern(
    description,
    '`database.table.column`, where * stands for any characters and names with dots are in backticks',
    'shop.customers.email',
    3,
  );

const startAt = z
  .union([
    choice(['latest', 'earliest'], { description: 'End of the log, or the oldest transaction that the server has.' }),
    section(
      {
        gtids: text({
          description: 'Transactions that are left out, all others are copied.',
          pattern: /^[0-9A-Za-z:,_\s-]*$/,
          expects: 'GTIDs as the server writes them',
          empty: true,
        }),
      },
      { description: 'Behind these transactions, as `@@gtid_executed` (MariaDB: `@@gtid_binlog_pos`) gives them.' },
    ),
    section(
      {
        file: text({
          description: 'File of the log.',
          pattern: /^[^:+/]+\.\d+$/,
          expects: 'the name of a log file',
          example: 'binlog.000042',
        }),
        offset: integer({ description: 'Place in it, between two transactions.', unit: 'none', min: 4, max: 2 ** 32 - 1 }),
      },
      { description: 'A place in the log, as `SHOW MASTER STATUS` gives it.' },
    ),
  ])
  .default('latest')
  .meta({
    description:
      'Where the first run begins: `latest` (the end of the log then), `earliest` (what the server still has), `{gtids: "..."}` behind these transactions, or `{file: binlog.000042, offset: 4}`.',
    examples: ['latest'],
    expects: 'latest, earliest, {gtids: set} or {file: name, offset: number}',
  });

const mask = section(
  {
    columns: list(columnPattern('Columns.'), { description: 'Columns whose values are masked.', example: ['shop.customers.email'] }),
    value: text({
      description: 'This text in the place of every value. Give either this or `salt`.',
      empty: true,
      example: '***',
    }).exactOptional(),
    salt: text({
      description: 'Values become their SHA-256 together with this text: equal values stay equal. Give either this or `value`.',
      secret: true,
      example: '${secretsmanager:rocketmq-connect/prod/mysql#salt}',
    }).exactOptional(),
  },
  { description: 'Columns, and what stands in the place of their values.' },
).superRefine(({ value, salt }, context) => {
  if ((value === undefined) !== (salt === undefined)) return;
  const params = { remedy: 'set either value or salt' };
  context.addIssue({ code: 'custom', path: ['value'], message: value === undefined ? 'missing' : 'given together with salt', params });
});

const { address, username, password, tls, ...timeLimits } = connectionConfig('source');

/** The `source` section of a file of type mysql-source. */
export const mysqlSourceConfig = section(
  {
    address,
    username,
    password,
    tls,
    tables: list(tablePattern('A table, or a pattern for several.'), {
      description:
        "Tables to copy, as `database.table`; `*` stands for any characters, and a name with a dot is in backticks: ``shop.`a.b` ``. Names are compared as the server does, upper and lower case told apart or not. The server's own databases never match.",
      example: ['shop.*'],
    }),
    excludeTables: list(tablePattern('A table, or a pattern for several.'), {
      description: 'Tables that are left out, though `tables` names them.',
      example: ['shop.tmp_*'],
    }).exactOptional(),
    excludeColumns: list(columnPattern('A column, or a pattern for several.'), {
      description: 'Columns that are left out, as `database.table.column`. Not part of a primary key.',
      example: ['shop.*.password'],
    }).exactOptional(),
    maskColumns: list(mask, { description: 'Columns whose values are masked; the first rule that names a column counts.' }).exactOptional(),
    startAt,
    ...snapshotConfig,
    format: choice(['debezium', 'flat', 'rocketmq-mysql'], {
      description:
        "Form of the messages: Debezium's envelope, the row after the change with `__op` beside its columns, or one message for each transaction as the Java project rocketmq-mysql writes it.",
    }).default('debezium'),
    topicTemplate: text({
      description:
        'RocketMQ topic of a row, made of the names of its database and table. All else, and all rows where this is not set, goes to `rocketmq.topic`. The topics must exist.',
      pattern: /^([%|A-Za-z0-9_-]|\{\{(database|table)\}\})+$/,
      expects: 'letters, digits, _, -, % and |, with {{database}} and {{table}}',
      literal: true,
      example: '{{database}}_{{table}}',
    }).exactOptional(),
    tombstones: flag({ description: 'Follows every deletion by a message with the same key and a null value.' }).default(true),
    transactions: flag({ description: "Fills in the envelope's `transaction`: id, and the row's place in it." }).default(false),
    schemaChanges: flag({ description: 'Copies statements that change tables, to `rocketmq.topic`.' }).default(false),
    onTruncate: choice(['notice', 'event', 'fail'], {
      description:
        "What a statement does that takes all rows of a table away: `TRUNCATE`, `DROP TABLE`, `CREATE OR REPLACE TABLE`. The log does not have the rows. `notice`: the run says so, in `run`, `status` and `runs`. `event`: a message with `op` (in the format flat `__op`) `t`, Debezium's for it. `fail`: the stream stops before it. Where a statement takes away, brings or exchanges only a part of them, or all of several tables (`DROP`, `TRUNCATE`, `EXCHANGE PARTITION`, `IMPORT TABLESPACE`, `RENAME TABLE`, `DROP DATABASE`), `event` also stops: no message could tell which.",
    }).default('notice'),
    heartbeat: flag({
      description: 'Ends each run that caught up with a message to `rocketmq.topic`, also where nothing changed.',
    }).default(false),
    serverId: integer({
      description:
        'Number by which the server knows this reader; no replica and no other connector may have it. By default each run takes another one, between 2147483648 and 4294967295, so that a run never has to wait until the server has noticed the end of an older one.',
      unit: 'none',
      min: 1,
      max: 2 ** 32 - 1,
    }).exactOptional(),
    ...timeLimits,
  },
  { description: 'The MySQL side.' },
).superRefine(({ format, topicTemplate, transactions, onTruncate }, context) => {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message, params: { remedy: 'remove it, or set source.format to debezium' } });
  if (format === 'rocketmq-mysql' && topicTemplate !== undefined) issue('topicTemplate', 'has no effect on messages of whole transactions');
  if (format === 'rocketmq-mysql' && onTruncate === 'event') issue('onTruncate', 'event: the format rocketmq-mysql has no such message');
  if (format !== 'debezium' && transactions) issue('transactions', `has no effect in the format ${format}`);
});

export type MysqlSourceConfig = z.output<typeof mysqlSourceConfig> & {
  /** Not configured but known from the server: whether it compares names of databases and tables without their case. Default false. */
  readonly ignoresCase?: boolean;
};
