import type { ConnectorType } from '../../api/index.ts';
import { describeOptions, type OptionDescription } from '../../config/describe.ts';
import { alternatives, type OptionSchema, optionSchema, schemaAt } from '../../config/option-schema.ts';
import { connectorFileSpec } from '../../config/parse-connector-file.ts';
import type { Definition } from '../answers/definition.ts';
import { keyOfOption } from '../answers/flat-keys.ts';
import { textOfValue } from './flat-text.ts';

/** An option of a connector type, and the values to choose from where there are few. */
export interface DefinedOption {
  readonly definition: Definition;
  readonly choices: readonly string[];
}

const MAX_INT = 2 ** 31;

/** All options of a connector type, in the order of its page in the docs. */
export function definedOptions(type: ConnectorType): DefinedOption[] {
  const schema = optionSchema(connectorFileSpec(type));
  return describeOptions(schema)
    .filter(({ name, section }) => !section && !name.includes('[]'))
    .map((option, index) => {
      const path = option.name.split('.');
      const found = schemaAt(schema, path) ?? {};
      const required = option.required && path.slice(1).every((_, depth) => isRequired(schema, path.slice(0, depth + 1)));
      return { definition: definition(option, found, required, index + 1), choices: choicesOf(found) };
    });
}

/** Whether the section must be there. */
function isRequired(schema: OptionSchema, path: readonly string[]): boolean {
  const outer = schemaAt(schema, path.slice(0, -1));
  return outer?.required?.includes(path.at(-1) ?? '') ?? false;
}

function definition(
  { name, description, takes, secret, ...option }: OptionDescription,
  schema: OptionSchema,
  required: boolean,
  order: number,
): Definition {
  const path = name.split('.');
  const group = path.length > 1 ? (path[0] as string) : 'connector';
  return {
    name: keyOfOption(name),
    type: secret ? 'PASSWORD' : typeOf(schema),
    required: required && option.default === undefined,
    default_value: option.default === undefined ? null : textOfValue(option.default),
    importance: required ? 'HIGH' : group === 'batch' || group === 'errors' ? 'LOW' : 'MEDIUM',
    documentation: `${description} Takes ${takes}.`,
    group,
    width: 'MEDIUM',
    display_name: keyOfOption(name),
    dependents: [],
    order,
  };
}

function typeOf(schema: OptionSchema): Definition['type'] {
  const kinds = alternatives(schema);
  if (kinds.some(({ type }) => type === 'array')) return 'LIST';
  if (kinds.length > 1 || kinds[0] === undefined) return 'STRING';
  const { type, maximum = Number.POSITIVE_INFINITY } = kinds[0];
  if (type === 'boolean') return 'BOOLEAN';
  return type === 'integer' ? (maximum < MAX_INT ? 'INT' : 'LONG') : 'STRING';
}

function choicesOf(schema: OptionSchema): string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  return (schema.enum ?? []).map(String);
}
