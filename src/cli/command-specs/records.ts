import { Option } from 'commander';
import { countTo, jsonOption, place, wholeNumbers, yesOption } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Copying by hand, and a look at records. */
export const recordCommands: readonly CommandSpec[] = [
  {
    usage: 'run <name...>',
    description: 'Run the tasks of connectors now, one invocation each',
    example: 'rocketmq-connect run flights --until-caught-up',
    options: [
      new Option('--until-caught-up', 'repeat invocations until nothing is left to copy'),
      new Option('--task <n>', 'only this task; you can repeat the option').argParser(wholeNumbers),
      yesOption(),
      jsonOption(),
    ],
    load: () => import('../commands/run.ts'),
  },
  {
    usage: 'sample <name>',
    description: 'Show what the next records would become; nothing is sent, acknowledged or stored',
    example: 'rocketmq-connect sample flights --limit 3',
    options: [
      new Option('--limit <n>', 'number of messages to show').argParser(countTo(1_000)).default(10),
      new Option('--task <n>', 'only this task; you can repeat the option').argParser(wholeNumbers),
      jsonOption(),
    ],
    load: () => import('../commands/sample.ts'),
  },
  {
    usage: 'peek [topic]',
    description: 'Show messages of a RocketMQ topic; consumers still get them',
    example: 'rocketmq-connect peek flights --from 10m --follow',
    options: [
      new Option('--from <place>', 'start, end, a time, or how long ago, such as 10m').argParser(place).default('end'),
      new Option('--limit <n>', 'number of messages to show; from the end, the newest ones').argParser(countTo(1_000)).default(10),
      new Option('-f, --follow', 'keep showing new messages; --json prints a line for each'),
      new Option('--connector <name>', 'connector whose access to RocketMQ to use; its topic is the default'),
      new Option('--endpoints <addresses>', 'RocketMQ name server, if no connector names it').conflicts('connector'),
      jsonOption(),
    ],
    load: () => import('../commands/peek.ts'),
  },
];
