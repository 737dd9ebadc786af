import { jsonOption } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Commands that describe connector types and their options. */
export const referenceCommands: readonly CommandSpec[] = [
  {
    usage: 'describe [type]',
    description: 'Explain the options of a connector type',
    example: 'rocketmq-connect describe kafka-source',
    options: [jsonOption()],
    target: 'none',
    load: () => import('../commands/describe.ts'),
  },
  {
    usage: 'schema',
    description: 'Print the JSON schema of connector files, for editors',
    example: 'rocketmq-connect schema > connector.schema.json',
    target: 'none',
    load: () => import('../commands/schema.ts'),
  },
];
