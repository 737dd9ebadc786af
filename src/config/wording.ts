import { withoutCredentials } from '../api/index.ts';
import { alternatives, type OptionSchema } from './option-schema.ts';

const number = (value: number) => value.toLocaleString('en');
const quoted = (values: readonly unknown[]) => values.map(String).join(', ');

/** What an option takes, in words: `a whole number from 1 to 10,000`. */
export function expected(schema: OptionSchema | undefined): string {
  if (schema === undefined) return 'something else';
  if (schema.expects !== undefined) return schema.expects;
  const choices = alternatives(schema);
  if (choices.length > 1) return [...new Set(choices.map(expected))].join(', or ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return `one of ${quoted(schema.enum)}`;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'a whole number' : 'a number'}${bounds(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list of ${expected(schema.items)}`;
    case 'object':
      return 'a section with options of its own';
    default:
      return 'text';
  }
}

function bounds({ minimum, maximum }: OptionSchema): string {
  const shown = (bound: number | undefined) =>
    bound !== undefined && Number.isSafeInteger(bound) && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  const [low, high] = [shown(minimum), shown(maximum)];
  if (low !== undefined && high !== undefined) return ` from ${number(low)} to ${number(high)}`;
  if (low !== undefined) return ` from ${number(low)}`;
  return high === undefined ? '' : ` up to ${number(high)}`;
}

/** What a file holds, in words, short: `the number 5`. Never call it with a secret. */
export function given(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a section';
  if (typeof value === 'string') return givenText(withoutCredentials(value));
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

const givenText = (text: string): string =>
  text === '' ? 'empty text' : `the text ${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)}`;
