/** The names of attributes of task items as they are stored, also of those inside others: DynamoDB bills names like values. */
const SHORT = {
  // who has the task
  epoch: 'e',
  leaseOwner: 'o',
  leaseUntil: 'u',
  leaseSince: 'os',
  leaseToken: 'ot',
  leasePlan: 'op',
  releasedEpoch: 'oe',
  unreleased: 'ou',
  paused: 'h',
  owed: 'w',
  rerun: 'r',
  rerunTaken: 'rt',
  // what it has to do
  plan: 'n',
  planned: 'p',
  staged: 's',
  remove: 'x',
  generation: 'g',
  taskClass: 'c',
  taskConfig: 't',
  partitions: 'l',
  options: 'k',
  spec: 'sp',
  quietAt: 'q',
  positions: 'z',
  skips: 'i',
  standing: 'y',
  // how it was, in a run or in all
  lastRun: 'a',
  lastRecordAt: 'ar',
  progressAt: 'ap',
  countedSince: 'as',
  failure: 'f',
  invocations: 'ni',
  records: 'nr',
  bytes: 'nb',
  deadLetters: 'nd',
  dynamodbRequests: 'nq',
  failures: 'nf',
  durationMs: 'nm',
  writeUnits: 'nw',
  readUnits: 'nu',
  startedAt: 'b',
  endedAt: 'd',
  outcome: 'v',
  lagRecords: 'lr',
  lagMs: 'lm',
  startedBy: 'by',
  memoryMb: 'm',
  stoppedPartitions: 'ds',
  notBefore: 'fb',
  partition: 'j',
  retriable: 'fr',
} as const;

const LONG: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(SHORT).map(([name, short]) => [short, name]));
/** The keys inside these are names of partitions, or a connector's own. */
const NOT_OURS: readonly string[] = [SHORT.positions, SHORT.options];

/** The short names by their long ones. A name without a short one is stored as it is. */
export const SHORT_NAMES: Readonly<Record<string, string>> = SHORT;

/** Returns a value, its names short. */
export const withShortNames = (value: unknown): unknown => renamed(value, (name) => SHORT_NAMES[name] ?? name, false);

/** Returns what `withShortNames` was given. */
export const withLongNames = (value: unknown): unknown => renamed(value, (name) => LONG[name] ?? name, true);

function renamed(value: unknown, rename: (name: string) => string, isStored: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, rename, isStored));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const other = rename(name);
      return [other, NOT_OURS.includes(isStored ? name : other) ? inner : renamed(inner, rename, isStored)];
    }),
  );
}
