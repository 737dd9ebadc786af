import { alternatives, type OptionSchema } from '../../src/config/option-schema.ts';

type Path = readonly string[];

/** Every option that takes free text, also inside lists, maps and alternatives; of a list the first entry, of a map the key `x`. */
export function* stringOptions(schema: OptionSchema, path: Path = []): Generator<Path> {
  for (const { type, enum: choices, const: only, properties = {}, items, additionalProperties } of alternatives(schema)) {
    if (type === 'string' && choices === undefined && only === undefined) yield path;
    for (const [name, inner] of Object.entries(properties)) yield* stringOptions(inner, [...path, name]);
    if (items !== undefined) yield* stringOptions(items, [...path, '0']);
    if (typeof additionalProperties === 'object') yield* stringOptions(additionalProperties, [...path, 'x']);
  }
}

/** The file with one option set to a text, in sections and lists that it may not have had. */
export function withOption(file: unknown, path: Path, text: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return text;
  const inner = typeof file === 'object' && file !== null ? (file as Readonly<Record<string, unknown>>)[key] : undefined;
  const changed = withOption(inner, rest, text);
  return key === '0' ? [changed] : { ...(typeof file === 'object' && !Array.isArray(file) ? file : {}), [key]: changed };
}
