/** The value of an option, as people read it: texts without quotes, all else as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
