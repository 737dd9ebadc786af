/** `1,234,567` */
export const number = (value: number): string => value.toLocaleString('en');

/** `1.5 MB`. 1 MB is a million bytes. */
export function bytes(value: number): string {
  const [unit, size] = value >= 1e9 ? ['GB', 1e9] : value >= 1e6 ? ['MB', 1e6] : value >= 1e3 ? ['kB', 1e3] : ['B', 1];
  return `${size === 1 ? value : (value / size).toFixed(1)} ${unit}`;
}

/** `3 tasks`, `1 task` */
export const counted = (count: number, thing: string, things = `${thing}s`): string => `${number(count)} ${count === 1 ? thing : things}`;

/** `$0.05`, `$1,234.50`; two digits of what is less than a cent. */
export function dollars(value: number): string {
  if (value === 0) return '$0';
  if (value >= 0.00995) return `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${value.toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 20 })}`;
}
