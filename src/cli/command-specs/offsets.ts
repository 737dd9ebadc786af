import { Option } from 'commander';
import { jsonOption, texts } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Positions. */
export const offsetCommands: readonly CommandSpec[] = [
  {
    usage: 'offsets get <name>',
    description: 'Show the position of each partition',
    example: 'rocketmq-connect offsets get flights --json > offsets.json',
    options: [new Option('--lag', 'ask the system how many records are behind each position'), jsonOption()],
    load: () => import('../commands/offsets/get.ts'),
  },
  {
    usage: 'offsets alter <name>',
    description: 'Set positions; a run under way ends, and none overwrites what was set',
    example: "rocketmq-connect offsets alter flights --set 'flights-0=4711'",
    options: [
      new Option('--set <partition=position>', 'where a partition goes on; you can repeat the option').argParser(texts),
      new Option('--file <path>', 'positions of a file, as `offsets get --json` prints them').conflicts('set'),
      new Option('-y, --yes', 'do not ask for confirmation'),
      jsonOption(),
    ],
    load: () => import('../commands/offsets/alter.ts'),
  },
  {
    usage: 'offsets reset <name>',
    description: 'Let partitions start over, where startAt of the connector file says',
    example: 'rocketmq-connect offsets reset flights --all',
    options: [
      new Option('--partition <name>', 'this partition; you can repeat the option').argParser(texts),
      new Option('--all', 'all partitions').conflicts('partition'),
      new Option('-y, --yes', 'do not ask for confirmation'),
      jsonOption(),
    ],
    load: () => import('../commands/offsets/reset.ts'),
  },
];
