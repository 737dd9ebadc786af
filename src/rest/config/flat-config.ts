import { type OptionSchema, propertiesOf } from '../../config/option-schema.ts';
import { keyOfOption, optionOfKey } from '../answers/flat-keys.ts';
import { RestError } from '../answers/rest-error.ts';
import { textOfValue, valueOfText } from './flat-text.ts';

/** A configuration as Kafka Connect's clients have it: texts by path. */
export type FlatConfig = Readonly<Record<string, string>>;

type Section = Record<string, unknown>;

/** Returns the connector file that a flat configuration stands for. It is not validated. Throws where two keys contradict each other. */
export function fileOfFlat(flat: FlatConfig, schema: OptionSchema): Section {
  const file: Section = {};
  // A section before what is in it, so that two keys that contradict each other always say so.
  for (const key of Object.keys(flat).toSorted()) place(file, optionOfKey(key), flat[key] as string, schema);
  return file;
}

function place(file: Section, name: string, text: string, schema: OptionSchema): void {
  let [section, option, rest]: [Section, OptionSchema, string] = [file, schema, name];
  for (let done = ''; ; ) {
    const [key = ''] = rest.split('.');
    const known = propertiesOf(option);
    const inner = Object.hasOwn(known, key) ? known[key] : undefined;
    // What the spec does not know goes in as it is, and validation names it. Names of a map may hold dots.
    if (inner === undefined || key === rest) {
      const last = inner === undefined ? rest : key;
      if (last === '__proto__') throw new RestError(400, `${name}: unknown option; remove it`);
      section[last] = valueOfText(text, inner ?? memberOf(option));
      return;
    }
    done = done === '' ? key : `${done}.${key}`;
    section[key] ??= {};
    const next = section[key];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) {
      throw new RestError(400, `${name}: ${keyOfOption(done)} is set as a whole; remove one of the two`);
    }
    [section, option, rest] = [next as Section, inner, rest.slice(key.length + 1)];
  }
}

/** What a map holds, under names that the spec does not know. */
function memberOf(schema: OptionSchema): OptionSchema {
  const choices = schema.anyOf ?? schema.oneOf ?? [schema];
  const map = choices.find(({ additionalProperties }) => typeof additionalProperties === 'object');
  return typeof map?.additionalProperties === 'object' ? map.additionalProperties : {};
}

/** Returns the flat configuration of a connector file. Sections without an option leave nothing. */
export function flatOfFile(file: Readonly<Section>): FlatConfig {
  const flat: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) flat[keyOfOption(path)] = textOfValue(value);
    else for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
  };
  walk(file, '');
  return flat;
}
