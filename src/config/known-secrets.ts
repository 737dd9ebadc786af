/** Shorter ones are in every second sentence. */
const SHORTEST = 4;
const MOST = 1_000;
const LONG = 12;

/** What references stand for in this process, so that no message shows it. The oldest go first. */
const shownBy = new Map<string, string>();

/** `shown`: the reference, in whose place it is to be read. */
export function rememberSecret(value: string, shown: string): void {
  for (const form of new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), value.toLowerCase()])) {
    if (form.length < SHORTEST) continue;
    shownBy.delete(form);
    shownBy.set(form, shown);
  }
  for (const form of shownBy.keys()) {
    if (shownBy.size <= MOST) return;
    shownBy.delete(form);
  }
}

/** The text with each secret that it holds replaced by its reference. Longer ones first: one may hold another. */
export function withoutSecrets(text: string): string {
  const held = [...shownBy.keys()].filter((value) => text.includes(value)).toSorted((a, b) => b.length - a.length);
  return held.reduce((left, value) => left.replace(asWord(value), () => shownBy.get(value) ?? ''), text);
}

/** A short one may be a part of a plain word, as the user `connect` is of `connection`. */
function asWord(value: string): RegExp {
  const literal = value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return value.length >= LONG ? new RegExp(literal, 'g') : new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g');
}
