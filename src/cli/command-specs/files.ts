import { Option } from 'commander';
import { connectorTypes } from '../../connectors/registry.ts';
import { jsonOption, names, yesOption } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Commands that create, check, apply and replan connector files. */
export const fileCommands: readonly CommandSpec[] = [
  {
    usage: 'init <folder>',
    description: 'Create a folder that deploys connectors to AWS: serverless.yml, a connector file, README.md',
    example: 'rocketmq-connect init my-connectors --type kafka-source',
    options: [
      new Option('--type <name>', 'connector type of the example file').choices(Object.keys(connectorTypes)).default('kafka-source'),
    ],
    target: 'none',
    load: () => import('../commands/init.ts'),
  },
  {
    usage: 'new <direction> <name>',
    description: 'Create the package of a connector of your own, with a passing test; the direction is source or sink',
    example: 'rocketmq-connect new source my-system',
    target: 'none',
    load: () => import('../commands/new.ts'),
  },
  {
    usage: 'validate <file...>',
    description: 'Check connector files',
    example: 'rocketmq-connect validate --reach connectors/',
    options: [new Option('--reach', 'also connect to the systems that the files name'), jsonOption()],
    load: () => import('../commands/validate.ts'),
  },
  {
    usage: 'plan <file...>',
    description: 'Show what apply would change, task by task',
    example: 'rocketmq-connect plan examples/kafka-to-rocketmq.yml',
    options: [jsonOption()],
    load: () => import('../commands/plan.ts'),
  },
  {
    usage: 'apply <file...>',
    description: 'Create or change connectors as the files say; you can safely repeat it',
    example: 'rocketmq-connect apply connectors/*.yml --run',
    options: [new Option('--run', 'then run them until nothing is left to copy; --json prints a row for each task'), jsonOption()],
    load: () => import('../commands/apply.ts'),
  },
  {
    usage: 'replan <name...>',
    description: 'Plan applied connectors again, to find new partitions',
    example: 'rocketmq-connect replan flights',
    options: [yesOption(), jsonOption()],
    load: () => import('../commands/replan.ts'),
  },
  {
    usage: 'snapshot <name>',
    description: 'Copy all rows of some tables again; their changes are still copied meanwhile',
    example: 'rocketmq-connect snapshot shop-tables --tables shop.orders,shop.customers',
    options: [
      new Option('--tables <names>', 'tables as database.table, separated by commas; no patterns').argParser(names).makeOptionMandatory(),
      jsonOption(),
    ],
    load: () => import('../commands/snapshot.ts'),
  },
];
