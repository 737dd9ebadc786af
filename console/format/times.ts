const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A time span in its two largest units: `250 ms`, `5.2 s`, `3 min 20 s`, `4 d 1 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const first = UNITS.findIndex(([, size]) => ms >= size);
  const parts = UNITS.slice(first, first + 2).map(([unit, size], index) => {
    const rest = index === 0 ? ms : ms % (UNITS[first]?.[1] ?? 1);
    return `${Math.floor(rest / size)} ${unit}`;
  });
  return parts.filter((part, index) => index === 0 || !part.startsWith('0 ')).join(' ');
}

/** How long ago something was, in one unit, because nobody needs more: `12 s ago`, `3 h ago`. */
export function ago(ms: number): string {
  if (ms < 1_000) return 'just now';
  const [unit, size] = UNITS.find(([, each]) => ms >= each) ?? ['s', 1_000];
  return `${Math.floor(ms / size)} ${unit} ago`;
}

/** `2026-11-30 14:05:09`, in the time zone of the browser. */
export function time(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clock(at)}`;
}

/** A time on an axis that is `range` ms long: `11-30`, `14:05` or `14:05:09`. */
export function tick(at: number, range: number): string {
  if (range > 2 * 86_400_000) return time(at).slice(5, 10);
  return range > 20 * 60_000 ? clock(at).slice(0, 5) : clock(at);
}

/** `14:05:09` */
export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => String(value).padStart(2, '0')).join(':');
}
