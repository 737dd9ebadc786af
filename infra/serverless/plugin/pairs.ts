/** Returns `team=data,cost-centre=42` as an object. An empty text gives an empty one. */
export function pairs(text: string | undefined): Record<string, string> {
  const entries = (text ?? '').split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(entries.map((pair) => [pair.split('=', 1)[0]?.trim() ?? '', pair.slice(pair.indexOf('=') + 1).trim()]));
}
