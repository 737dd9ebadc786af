import fc from 'fast-check';

/** A statement in a session of its own. Those that a server refuses change nothing. */
export type Deed = string;

export interface LogHistory {
  /** Of the server's character sets, the one of texts: by turns, so that as many histories as there are sets have all of them. */
  readonly charset: number;
  readonly steps: readonly LogStep[];
}

export interface LogStep {
  readonly deeds: readonly Deed[];
  /** Statements are in the log as they are, not the rows that they changed. */
  readonly asStatements: boolean;
  /** How many records a run may bring behind it; 0: none is started. */
  readonly run: number;
}

const TEXTS = ['Müller', '中文 〜 ・', 'Ωμέγα', 'Привет', 'かな ｶﾅ', '한국', 'ไทย', 'שלום', 'مرحبا', 'ąčęż', 'a\\\\b', '€ “x” –'];
const NAMES = ['`s`', '`S`', '`ä b`', '`a``b`', 'x1'];

const id = fc.integer({ min: 1, max: 12 });
const table = fc.constantFrom('acc', 'acc', 'm', 'words');
const text = fc.constantFrom(...TEXTS);
const change: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(table, id, text).map(([name, n, v]) => `INSERT IGNORE INTO ${name} (id, v) VALUES (${keyOf(name, n)}, '${v}')`),
  fc.tuple(table, id, text).map(([name, n, v]) => `REPLACE INTO ${name} (id, v) VALUES (${keyOf(name, n)}, '${v}')`),
  fc.tuple(table, id, text).map(([name, n, v]) => `UPDATE ${name} SET v = '${v}' WHERE id >= ${keyOf(name, n)}`),
  fc.tuple(table, id, id).map(([name, n, to]) => `UPDATE IGNORE ${name} SET id = ${keyOf(name, to)} WHERE id = ${keyOf(name, n)}`),
  fc.tuple(table, id).map(([name, n]) => `DELETE FROM ${name} WHERE id = ${keyOf(name, n)}`),
  fc.constant('UPDATE acc, m SET acc.v = m.v, m.v = acc.v WHERE acc.id = m.id'),
  fc.tuple(id, text).map(([n, v]) => `INSERT INTO source (id, v) VALUES (${n}, '${v}') ON DUPLICATE KEY UPDATE v = '${v}'`),
);
const savepoint = fc.constantFrom(...NAMES);
/** What has a server keep a transaction in its log that was rolled back. */
const inTransaction: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: change },
  { weight: 2, arbitrary: savepoint.map((name) => `SAVEPOINT ${name}`) },
  { weight: 2, arbitrary: savepoint.map((name) => `ROLLBACK TO ${name}`) },
  { weight: 1, arbitrary: savepoint.map((name) => `RELEASE SAVEPOINT ${name}`) },
  { weight: 2, arbitrary: id.map((n) => `CREATE TEMPORARY TABLE IF NOT EXISTS temporary${n} (a INT)`) },
  { weight: 1, arbitrary: id.map((n) => `DROP TEMPORARY TABLE IF EXISTS temporary${n}`) },
);
const transaction = fc
  .tuple(fc.array(inTransaction, { minLength: 1, maxLength: 8 }), fc.constantFrom('COMMIT', 'ROLLBACK'))
  .map(([deeds, end]) => ['START TRANSACTION', ...deeds, end]);
const definition = fc.constantFrom<Deed[]>(
  ['TRUNCATE acc'],
  ['TRUNCATE TABLE m'],
  ['ALTER TABLE words ADD COLUMN more INT'],
  ['ALTER TABLE acc ADD KEY (v)', 'ANALYZE TABLE acc'],
  ['CREATE OR REPLACE VIEW seen AS SELECT * FROM acc', 'OPTIMIZE TABLE m'],
  ['FLUSH LOGS'],
  ['DROP TABLE made', 'CREATE TABLE made (PRIMARY KEY (id)) AS SELECT id, v FROM acc'],
  ['ALTER TABLE parts TRUNCATE PARTITION low'],
  ['RENAME TABLE parts TO away', 'RENAME TABLE away TO parts'],
  ['ALTER TABLE source RENAME TO away', "INSERT INTO away VALUES (12, 'a')", 'ALTER TABLE away RENAME source'],
  ["INSERT IGNORE INTO parts VALUES (1, 'a'), (50, 'b')"],
  ["LOAD DATA INFILE 'nowhere' INTO TABLE acc"],
  ["SET STATEMENT max_statement_time = 10 FOR UPDATE acc SET v = 'x'"],
);
const step: fc.Arbitrary<LogStep> = fc.record({
  deeds: fc.oneof(
    { weight: 4, arbitrary: transaction },
    { weight: 1, arbitrary: change.map((one) => [one]) },
    { weight: 1, arbitrary: definition },
  ),
  asStatements: fc.constantFrom(...Array.from({ length: 9 }, () => false), true),
  run: fc.constantFrom(0, 0, 1, 3, 1_000),
});

export const logHistories: fc.Arbitrary<LogHistory> = fc.record({
  charset: fc.nat(100),
  steps: fc.array(step, { minLength: 4, maxLength: 14 }),
});

function keyOf(name: string, n: number): string {
  return name === 'words' ? `'k${n}'` : String(n);
}
