/** Shorter ones are in every second sentence. */
const SHORTEST = 4;
const SHORTEST_PIECE = 8;
const MOST = 5_000;
const LONG = 12;

/** What references stand for in this process, so that no message shows it. The oldest go first. */
const shownBy = new Map<string, string>();

/** `shown`: the reference, in whose place it is to be read. */
export function rememberSecret(value: string, shown: string): void {
  for (const text of [value, ...piecesOf(value)]) {
    for (const form of new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), text.toLowerCase()])) {
      if (form.length < SHORTEST) continue;
      shownBy.delete(form);
      shownBy.set(form, shown);
    }
  }
  for (const form of shownBy.keys()) {
    if (shownBy.size <= MOST) return;
    shownBy.delete(form);
  }
}

/** A message may show a part: a host of an address, an entry of a list, the place where a pattern is wrong. Plain words give nothing away. */
function piecesOf(value: string): string[] {
  if (value.includes('-----BEGIN')) return [];
  const pieces = value.split(/[^A-Za-z0-9_.-]+/);
  return pieces.filter((piece) => piece !== value && piece.length >= SHORTEST_PIECE && !/^([A-Z]?[a-z]+|[A-Z]+)$/.test(piece));
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
