import { Option } from 'commander';
import { countTo, errorCodes, jsonOption, texts, time } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

const letterOptions = (): Option[] => [
  new Option('--code <codes>', 'only those with one of these error codes, separated by commas').argParser(errorCodes),
  new Option('--since <time>', 'only those since a time, or since so long ago, such as 2h').argParser(time),
  new Option('--until <time>', 'only those until a time, or until so long ago').argParser(time),
];

const letterTopic = (): Option =>
  new Option('--topic <name>', "another dead-letter topic than the connector's own, such as an earlier one");

/** Which letters a command works on, and how. */
const letterWork = (): Option[] => [
  ...letterOptions(),
  new Option('--offset <place>', 'this one, as `dlq list` names it: broker:queue@offset; you can repeat the option').argParser(texts),
  new Option('--all', 'all of them'),
  new Option('--dry-run', 'only show which ones'),
  new Option('-y, --yes', 'do not ask for confirmation'),
  letterTopic(),
  jsonOption(),
];

/** Dead letters. */
export const deadLetterCommands: readonly CommandSpec[] = [
  {
    usage: 'dlq list <name>',
    description: 'List the dead letters of a connector with place and reason, the newest last; nothing is consumed',
    example: 'rocketmq-connect dlq list orders --since 1d',
    options: [
      ...letterOptions(),
      new Option('--limit <n>', 'number of dead letters to list').argParser(countTo(10_000)).default(20),
      letterTopic(),
      jsonOption(),
    ],
    load: () => import('../commands/dlq/list.ts'),
  },
  {
    usage: 'dlq show <name> <place>',
    description: 'Show one dead letter whole: reason and causes, key, headers, value',
    example: 'rocketmq-connect dlq show orders broker-a:3@17',
    options: [letterTopic(), jsonOption()],
    load: () => import('../commands/dlq/show.ts'),
  },
  {
    usage: 'dlq redrive <name>',
    description:
      'Send dead letters through their connector once more, each once, in the order of their queues; records that are newer may be overwritten',
    example: 'rocketmq-connect dlq redrive orders --since 1d --dry-run',
    options: letterWork(),
    load: () => import('../commands/dlq/redrive.ts'),
  },
  {
    usage: 'dlq drop <name>',
    description: 'Mark dead letters as done with; RocketMQ can not delete single messages, so they stay in the topic until it removes them',
    example: 'rocketmq-connect dlq drop orders --offset broker-a:3@17',
    options: letterWork(),
    load: () => import('../commands/dlq/drop.ts'),
  },
];
