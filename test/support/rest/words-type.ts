import type { Connector, ConnectorType, Finding } from '../../../src/api/index.ts';
import { asList, choice, section, text, textList, z } from '../../../src/config/index.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { assignSticky } from '../../../src/kit/index.ts';

export const wordsConfig = section(
  {
    words: textList({ description: 'The partitions.', pattern: /^[a-z0-9.-]+$/, expects: 'words' }),
    password: text({ description: 'A secret.', secret: true }).exactOptional(),
    mode: choice(['slow', 'fast'], { description: 'How fast.' }).default('slow'),
    weights: z.record(z.string(), z.int()).exactOptional().meta({ description: 'A number for each word.' }),
  },
  { description: 'The words.' },
);

type WordsConfig = z.output<typeof wordsConfig>;

/** What a check says of a configuration whose password is this, once its reference is resolved. */
export const WRONG_PASSWORD = 'wrong-password-4711';

function connector({ words, password }: WordsConfig): Connector {
  const refused: Finding = {
    level: 'error',
    code: 'AUTH_FAILED',
    option: 'source.password',
    message: `the server refused ${password}`,
    remedy: 'correct it',
  };
  return {
    taskClass: 'WordsTask',
    check: async () => (password === WRONG_PASSWORD ? [refused] : []),
    taskConfigs: async (maxTasks, previous) =>
      assignSticky(
        asList(words),
        maxTasks,
        previous.map(({ partitions }) => partitions),
      ).map((partitions) => ({ partitions })),
    positionProblem: (_, position) => (position === undefined || /^\d+$/.test(position) ? undefined : 'a whole number is expected'),
    stop: async () => undefined,
  };
}

/** A source whose partitions its configuration names, so that it needs no server. */
export const wordsSource: ConnectorType<WordsConfig> = {
  type: 'words-source',
  direction: 'source',
  summary: 'Words.',
  config: wordsConfig,
  create: connector,
};

/** All connector types, and this one. */
export const wordsTypes = { ...connectorTypes, 'words-source': async () => wordsSource as ConnectorType };
