/** One part of a pattern: a name in quotes, in which all stands for itself, or anything without a dot, in which `*` stands for any characters. */
const PART = '(?:`(?:[^`]|``)+`|[^.`][^.]*)';

/** What a pattern of so many parts looks like: `` shop.`a.b` ``. */
export const patternForm = (parts: number): RegExp => new RegExp(`^${PART}(?:\\.${PART}){${parts - 1}}$`, 's');

/** The parts of a pattern, as they are written. */
export const nameParts = (pattern: string): readonly string[] => pattern.match(new RegExp(PART, 'gs')) ?? [];

/** The one name that a part stands for; undefined where it stands for several. */
export function literalName(part: string): string | undefined {
  if (part.startsWith('`')) return unquoted(part);
  return part.includes('*') ? undefined : part;
}

/** The parts of a pattern, each as it matches one name. `ignoresCase`: of a part, by its place. */
export function namePattern(pattern: string, ignoresCase: (place: number) => boolean): readonly RegExp[] {
  return nameParts(pattern).map((part, place) => new RegExp(`^${sourceOf(part)}$`, ignoresCase(place) ? 'isu' : 'su'));
}

/** Whether names, from the first on, are what a pattern's parts match. */
export const matches = (pattern: readonly RegExp[], names: readonly string[]): boolean =>
  names.every((name, place) => pattern[place]?.test(name) ?? false);

const sourceOf = (part: string): string => (part.startsWith('`') ? literally(unquoted(part)) : part.split('*').map(literally).join('.*'));

const unquoted = (part: string): string => part.slice(1, -1).replaceAll('``', '`');

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
