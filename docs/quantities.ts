/** A number of bytes in binary units, where it is a whole number of them. */
export const bytes = (value: number): string =>
  whole(value, [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ]);

/** Milliseconds in the largest unit of which they are a whole number. */
export const duration = (ms: number): string =>
  whole(ms, [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ]);

function whole(value: number, units: ReadonlyArray<readonly [string, number]>): string {
  const [unit, size] = units.find(([, one]) => value % one === 0) ?? ['', 1];
  return `${value / size} ${unit}`.trimEnd();
}
