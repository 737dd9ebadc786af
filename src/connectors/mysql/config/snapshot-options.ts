import { choice, integer } from '../../../config/options.ts';

/** Options of the `source` section that are about rows which are there before the log is read. */
export const snapshotConfig = {
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
