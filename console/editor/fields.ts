import type { Problem } from '../../src/console/answers.ts';
import type { Definition } from '../../src/rest/answers/definition.ts';
import { keyOfOption } from '../../src/rest/answers/flat-keys.ts';

export interface Group {
  readonly name: string;
  readonly required: readonly Definition[];
  readonly optional: readonly Definition[];
}

/** The type is chosen before there is a form. */
const NOT_IN_FORM = 'connector.class';

/** The options in groups, in their order, those that must be set apart from the others. */
export function groupsOf(definitions: readonly Definition[]): Group[] {
  const shown = definitions.filter(({ name }) => name !== NOT_IN_FORM);
  return [...Map.groupBy(shown, ({ group }) => group)].map(([name, all]) => ({
    name,
    required: all.filter(({ required }) => required),
    optional: all.filter(({ required }) => !required),
  }));
}

/** The option of the form that stands for one of a file. One in a list stands for the list. */
export function keyOf(option: string): string {
  return keyOfOption(option.replace(/\[\d+\].*$/, ''));
}

/** What is wrong with an option of the form. */
export const problemsOf = (name: string, problems: readonly Problem[]): Problem[] =>
  problems.filter(({ option }) => keyOf(option) === name);

/** Options without a text are not set. */
export const withoutEmpty = (config: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(config).filter(([, text]) => text !== ''));
