import { describeOptions, type OptionDescription } from '../src/config/describe.ts';
import type { OptionSchema } from '../src/config/option-schema.ts';
import { duration, size } from '../src/config/quantities.ts';

/** Returns the options of one section of a connector file: a heading and a table for it and for each section inside. */
export function optionTables(name: string, schema: OptionSchema | undefined, level = 2): string {
  if (schema === undefined) throw new Error(`the spec has no section ${name}`);
  const options = describeOptions(schema, name);
  const sections = options.filter((option) => option.section);
  const own = (section: string) => options.filter((option) => !option.section && parentOf(option.name) === section);
  return [
    `${heading(level, name)}\n\n${schema.description ?? ''}\n\n${table(own(name))}`,
    ...sections.map((option) => `${heading(level + 1, option.name)}\n\n${option.description}\n\n${table(own(option.name))}`),
  ].join('\n\n');
}

/** Returns one table without a heading. */
export function table(options: readonly OptionDescription[]): string {
  const rows = options.map((option) => [`\`${lastOf(option.name)}\``, takes(option), defaultOf(option), meaning(option)]);
  return [['Option', 'Takes', 'Default', 'Meaning'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

const heading = (level: number, name: string) => `${'#'.repeat(level)} \`${name}\``;
const parentOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf('.')));
const lastOf = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function takes({ takes: text, unit, secret }: OptionDescription): string {
  const marked = secret ? `${text}; **secret**: only a reference is allowed` : text;
  // Durations and sizes name their unit themselves.
  return unit === undefined || unit === duration.unit || unit === size.unit ? marked : `${marked} (${unit})`;
}

function defaultOf({ required, default: value, unit }: OptionDescription): string {
  if (required) return '**required**';
  if (value === undefined) return 'none';
  const shown = `\`${value === '' ? "''" : String(value)}\``;
  if (typeof value !== 'number') return shown;
  const quantity = [duration, size].find((each) => each.unit === unit);
  return quantity === undefined ? shown : `${shown} (${quantity.show(value)})`;
}

function meaning({ description, example }: OptionDescription): string {
  if (example === undefined) return description;
  return `${description} Example: \`${typeof example === 'string' ? example : JSON.stringify(example)}\``;
}
