import { alternatives, type OptionSchema } from '../../config/option-schema.ts';
import { hasReference } from '../../config/references.ts';

const NUMBER = /^-?\d{1,16}(\.\d+)?$/;

/** All kinds of value that an option takes: alternatives may have alternatives of their own. */
function kindsOf(schema: OptionSchema): readonly OptionSchema[] {
  const choices = alternatives(schema);
  return choices.length === 1 && choices[0] === schema ? [schema] : choices.flatMap(kindsOf);
}

/** The value of an option whose text it is. What the option does not take stays text, so that validation can say what is wrong. */
export function valueOfText(text: string, schema: OptionSchema): unknown {
  const kinds = kindsOf(schema);
  const takes = (...types: readonly string[]) => kinds.some(({ type }) => type !== undefined && types.includes(type));
  if (takes('array')) {
    const listed = text.startsWith('[') ? jsonOf(text) : undefined;
    if (Array.isArray(listed)) return listed;
    if (takes('string') && hasReference(text)) return text;
    return text.trim() === '' ? [] : text.split(',').map((part) => valueOfText(part.trim(), itemOf(kinds)));
  }
  if (takes('object') && text.startsWith('{')) return jsonOf(text) ?? text;
  if (takes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (takes('integer', 'number') && NUMBER.test(text)) return Number(text);
  return text;
}

const itemOf = (kinds: readonly OptionSchema[]): OptionSchema => kinds.find(({ items }) => items !== undefined)?.items ?? {};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a value that is no section. */
export function textOfValue(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const plain = value.length > 0 && value.every((item) => typeof item !== 'object' && isPlain(String(item)));
  return plain && !String(value[0]).startsWith('[') ? value.join(',') : JSON.stringify(value);
}

/** Whether it can stand in a list with commas. */
const isPlain = (text: string): boolean => text !== '' && text === text.trim() && !text.includes(',') && !hasReference(text);
