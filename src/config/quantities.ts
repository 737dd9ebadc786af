type Units = ReadonlyArray<readonly [unit: string, size: number]>;

/** In ms; the largest first. */
const DURATIONS: Units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** Binary units, in bytes; the largest first. */
const SIZES: Units = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['B', 1],
];

/** As people write them besides. */
const MORE_DURATIONS: Units = [
  ['m', 60_000],
  ...(['day', 'hour', 'minute', 'second'] as const).flatMap((word, n): Units => {
    const [, ms] = DURATIONS[n] as Units[number];
    return [
      [word, ms],
      [`${word}s`, ms],
    ];
  }),
];
const MORE_SIZES: Units = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['KB', 1e3],
];

export interface Quantity {
  /** What a number alone counts. */
  readonly unit: 'ms' | 'bytes';
  readonly name: string;
  readonly example: string;
  /** How it is written, for who has written something else. */
  readonly write: string;
  /** The number that a text such as `10m` stands for; undefined where it stands for none. Fractions are allowed, also of the result. */
  parse(text: string): number | undefined;
  /** A whole number in the largest unit of which it is a whole number: `13 min`. `parse` takes it. */
  show(value: number): string;
}

export const duration: Quantity = {
  unit: 'ms',
  name: 'a duration',
  example: '10m',
  write: 'write a number with ms, s, m, h or d, such as 10m, or in words, such as 10 minutes, or a number of ms alone',
  parse: (text) => parsed(text, [...DURATIONS, ...MORE_DURATIONS]),
  // Days are for who writes them: 36 h and 24 h compare at a glance.
  show: (ms) => shown(ms, DURATIONS.slice(1)),
};

export const size: Quantity = {
  unit: 'bytes',
  name: 'a size',
  example: '16MiB',
  write: 'write a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 16MiB, or a number of bytes alone',
  parse: (text) => parsed(text, [...SIZES, ...MORE_SIZES]),
  show: (bytes) => shown(bytes, SIZES),
};

function parsed(text: string, units: Units): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const found = units.find(([name]) => name === unit)?.[1];
  return count === undefined || found === undefined ? undefined : Number(count) * found;
}

function shown(value: number, units: Units): string {
  const [unit, one] = units.find(([, each]) => value !== 0 && value % each === 0) ?? (units.at(-1) as Units[number]);
  return `${(value / one).toLocaleString('en', { useGrouping: false })} ${unit}`;
}
