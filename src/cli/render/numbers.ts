/** Returns a number such as `1,234,567`. */
export const number = (value: number): string => value.toLocaleString('en');

/** Returns the two largest units: `250 ms`, `5.2 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  return units
    .slice(first, first + 2)
    .map(([unit, size], index) => `${Math.floor((index === 0 ? ms : ms % (units[first]?.[1] ?? 1)) / size)} ${unit}`)
    .join(' ');
}

/** Returns a size such as `1.5 MB`. 1 MB is a million bytes. */
export function bytes(value: number): string {
  const [unit, size] = value >= 1e9 ? ['GB', 1e9] : value >= 1e6 ? ['MB', 1e6] : value >= 1e3 ? ['kB', 1e3] : ['B', 1];
  return `${size === 1 ? value : (value / size).toFixed(1)} ${unit}`;
}
