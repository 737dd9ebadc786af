import * as z from 'zod';
import { type Issue, issueIn } from '../../../config/issue.ts';
import { choice, flag, list, section, text } from '../../../config/options.ts';
import { refineSinkOptions, SHARED, sinkOptions } from '../../../config/sink-options.ts';
import { connectionConfig } from '../config/connection-config.ts';
import { POSITIONS, positionsTable } from './target-name.ts';

const { address, username, password, tls, ...timeLimits } = connectionConfig('sink');

/** Lanes by the keys of messages would part rows that MySQL takes for one: the keys of its tables are others, and its collations merge some. */
const { delivery: _delivery, ordering: _ordering, lanes: _lanes, ...queueOptions } = sinkOptions;

/** A name in backticks, or one without dots; either may hold placeholders. */
const PART = '(?:`(?:[^`]|``)+`|[^.`]+)';

const columnName = text({ description: 'Name of a column.', literal: true, example: 'customer_name' });

const columnNames = (description: string, example: string) =>
  list(text({ description: 'Name of a column.', literal: true, example }), { description, example: [example] }).exactOptional();

/** The `sink` section of a file of type mysql-sink. */
export const mysqlSinkConfig = section(
  {
    address,
    username,
    password,
    tls,
    table: text({
      description:
        'Table to write, as `database.table`, which must exist unless `schema` is `create`; a name with a dot is in backticks. `{{database}}` and `{{table}}` stand for the names that a change event has (its `source`, or the headers `__db` and `__table`), `{{topic}}` for the RocketMQ topic. Plain rows name no table, and need one without the first two.',
      pattern: new RegExp(`^${PART}\\.${PART}$`, 's'),
      expects: 'database.table, with or without {{database}}, {{table}} and {{topic}}',
      literal: true,
      example: 'shop.{{table}}',
    }).default('{{database}}.{{table}}'),
    mode: choice(['upsert', 'insert', 'update'], {
      description:
        'What a row does. `upsert`: it takes the place of the row with the same key, or is added. `insert`: it is added, and refused where its key is there. `update`: it changes the row with the same key, if there is one. The key is the primary key of the table, else its first unique key of columns that are never null.',
    }).default('upsert'),
    deletes: flag({
      description: 'Deletes rows where a change event (`op` or `__op` is `d`) or a tombstone says so. Off: such messages are passed over.',
    }).default(true),
    schema: choice(['fail', 'ignore', 'evolve', 'create'], {
      description:
        'What becomes of a value whose column the table does not have. `fail`: the task fails and names the column. `ignore`: the value is left out. `evolve`: the column is added. `create`: the same, and a table that is missing is made.',
    }).default('fail'),
    renameColumns: z
      .record(z.string(), columnName)
      .exactOptional()
      .meta({
        description:
          'Columns that are called otherwise than the fields of records, by field. All other options name them as the table does.',
        expects: 'names of columns by field',
        examples: [{ customerName: 'customer_name' }],
      }),
    includeColumns: columnNames('Columns to write. All others are left out, but for those of the key.', 'id'),
    excludeColumns: columnNames('Columns that are left out. Those of the key are always written.', 'password'),
    delivery: choice(['exactly-once', 'at-least-once', 'shared'], {
      description: `\`exactly-once\`: the position in the queue is stored in MySQL, in the transaction of the rows, so that no row is written twice. \`at-least-once\`: rows may be written again after a failure, which makes a difference only where they are inserted without a key. ${SHARED}`,
    }).default('exactly-once'),
    positionsTable: text({
      description: `Table that keeps the positions for \`exactly-once\`, as \`database.table\`. Connectors of one name need a table each. The default is \`${POSITIONS}\` in the database of \`table\`, where that names one.`,
      pattern: new RegExp(`^${PART}\\.${PART}$`, 's'),
      expects: 'database.table',
      literal: true,
      example: `shop.${POSITIONS}`,
    }).exactOptional(),
    ...queueOptions,
    ...timeLimits,
  },
  { description: 'The MySQL side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  refineSinkOptions(config, issue);
  const renamed = Map.groupBy(Object.entries(config.renameColumns ?? {}), ([, column]) => column.toLowerCase());
  for (const [first, second] of renamed.values()) {
    if (first === undefined || second === undefined) continue;
    issue(['renameColumns', second[0]], `${second[1]} is the column of ${first[0]} already`, 'name another column');
  }
  refuseFieldNames(config, issue);
  const [unknown] = config.table.replace(/\{\{(database|table|topic)\}\}/g, '').match(/\{\{\w+\}\}/) ?? [];
  if (unknown !== undefined) issue(['table'], `${unknown} stands for nothing`, 'write {{database}}, {{table}} or {{topic}}');
  if (config.delivery === 'exactly-once' && positionsTable(config) === undefined) {
    const remedy = `set it to database.${POSITIONS}, or set sink.delivery to at-least-once`;
    issue(['positionsTable'], 'missing, because sink.table names no database of its own', remedy);
  }
});

/** Who names a field that becomes another column would write what is to stay out. */
function refuseFieldNames(
  { renameColumns = {}, ...lists }: Pick<z.output<typeof mysqlSinkConfig>, 'renameColumns' | 'includeColumns' | 'excludeColumns'>,
  issue: Issue,
): void {
  const lower = new Map(Object.entries(renameColumns).map(([field, column]) => [field.toLowerCase(), column]));
  const columns = new Set([...lower.values()].map((column) => column.toLowerCase()));
  for (const option of ['includeColumns', 'excludeColumns'] as const) {
    for (const [index, name] of (lists[option] ?? []).entries()) {
      const column = lower.get(name.toLowerCase());
      if (column === undefined || columns.has(name.toLowerCase())) continue;
      issue([option, String(index)], `${name} is a field that sink.renameColumns makes column ${column}`, `name ${column}`);
    }
  }
}

export type MysqlSinkConfig = z.output<typeof mysqlSinkConfig>;
