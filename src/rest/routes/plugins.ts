import { type ConnectorType, type Finding, withoutCredentials } from '../../api/index.ts';
import { tokenize } from '../../config/references.ts';
import { keyOfOption } from '../answers/flat-keys.ts';
import { plannerError, RestError } from '../answers/rest-error.ts';
import { ok, type Route, route } from '../answers/route.ts';
import { configToValidate } from '../answers/schemas.ts';
import { type DefinedOption, definedOptions } from '../config/definitions.ts';
import { fileOfConfig, pluginOf } from '../config/file-of-config.ts';
import type { FlatConfig } from '../config/flat-config.ts';
import { answerOf, type Context } from './context.ts';

const UNKNOWN = 'There is no such option.';

/** Connector types and their options. */
export function pluginRoutes(context: Context): Route[] {
  const { types, worker } = context;

  /** What is wrong with a configuration, by its validation alone: no system is reached. */
  const errorsOf = async (config: FlatConfig): Promise<readonly Finding[]> => {
    const file = await fileOfConfig(config, types);
    const response = await answerOf(context, { action: 'validate', file });
    if (response.ok) return [];
    const { findings = [], code, message, remedy = '' } = response.error;
    if (findings.length > 0) return findings.filter(({ level }) => level === 'error');
    // A reference that stands for nothing is about no option by name.
    if (code === 'CONFIG_INVALID' || code === 'SECRET_UNRESOLVED') return [{ level: 'error', code, option: '', message, remedy }];
    throw plannerError(response.error);
  };

  return [
    route({
      method: 'GET',
      path: '/connector-plugins',
      summary: 'List connector types',
      query: { connectorsOnly: 'has no effect: there are no other plugins' },
      answers: { 200: 'Plugins' },
      handle: async () => {
        const loaded = await Promise.all(Object.values(types).map((load) => load()));
        return ok(loaded.map(({ type, direction }) => ({ class: type, type: direction, version: worker.version })));
      },
    }),
    route({
      method: 'GET',
      path: '/connector-plugins/:plugin/config',
      summary: 'Describe the options of a connector type',
      answers: { 200: 'Definitions' },
      handle: async ({ params: { plugin = '' } }) => ok(definedOptions(await pluginOf(plugin, types)).map(({ definition }) => definition)),
    }),
    route({
      method: 'PUT',
      path: '/connector-plugins/:plugin/config/validate',
      summary: 'Say what is wrong with a configuration; 200 also where something is',
      body: configToValidate,
      answers: { 200: 'Validation' },
      handle: async ({ params: { plugin = '' }, body }) => {
        const type = await pluginOf(plugin, types);
        const given = body['connector.class'];
        if (given !== undefined && given !== type.type) {
          throw new RestError(400, `connector.class: it is ${JSON.stringify(given)}, and the path names ${type.type}`);
        }
        return ok(validation(type, body, await errorsOf(body)));
      },
    }),
  ];
}

function validation(type: ConnectorType, config: FlatConfig, findings: readonly Finding[]) {
  const known = definedOptions(type);
  const errors = new Map<string, string[]>();
  for (const { option, message, remedy } of findings) {
    const name = keyFor(option, known);
    errors.set(name, [...(errors.get(name) ?? []), `${message}; ${remedy}`]);
  }
  const others = [...errors.keys()].filter((name) => !known.some(({ definition }) => definition.name === name));
  const all = [...known, ...others.map((name, index) => unknownOption(name, known.length + index + 1))];
  return {
    name: type.type,
    error_count: findings.length,
    groups: [...new Set(all.map(({ definition }) => definition.group))],
    configs: all.map(({ definition, choices }) => ({
      definition,
      value: {
        name: definition.name,
        value: shownValue(config[definition.name], definition, errors.has(definition.name)) ?? definition.default_value,
        recommended_values: choices,
        errors: errors.get(definition.name) ?? [],
        visible: true,
      },
    })),
  };
}

/** The option that an error stands beside. One about a member of a list stands beside the list, one about none beside the class. */
function keyFor(option: string, known: readonly DefinedOption[]): string {
  const name = keyOfOption(option.replace(/\[\d+\].*$/, ''));
  if (name === '') return 'connector.class';
  return known.some(({ definition }) => definition.name === name) ? name : keyOfOption(option);
}

/** References are shown, and secrets are not, wherever somebody has put one: into their own option, an address, a section or an unknown option. */
function shownValue(text: string | undefined, { type, documentation }: DefinedOption['definition'], isWrong: boolean): string | undefined {
  if (text === undefined) return undefined;
  const mayHoldSecret = documentation === UNKNOWN || (isWrong && /^[[{]/.test(text)) || (type === 'PASSWORD' && !isReference(text));
  return mayHoldSecret ? '[hidden]' : withoutCredentials(text);
}

const isReference = (text: string): boolean =>
  tokenize(text).every((piece) => typeof piece === 'object' && 'kind' in piece && piece.fallback === undefined);

const unknownOption = (name: string, order: number): DefinedOption => ({
  definition: {
    name,
    type: 'STRING',
    required: false,
    default_value: null,
    importance: 'LOW',
    documentation: UNKNOWN,
    group: 'connector',
    width: 'MEDIUM',
    display_name: name,
    dependents: [],
    order,
  },
  choices: [],
});
