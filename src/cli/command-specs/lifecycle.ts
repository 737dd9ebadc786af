import { Option } from 'commander';
import { jsonOption, wholeNumbers, yesOption } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Commands that pause, stop, restart, resume and delete connectors, and that pass over a record. */
export const lifecycleCommands: readonly CommandSpec[] = [
  {
    usage: 'pause <name...>',
    description: 'Start no more invocations; running ones finish',
    example: 'rocketmq-connect pause flights',
    options: [yesOption(), jsonOption()],
    load: () => import('../commands/pause.ts'),
  },
  {
    usage: 'stop <name...>',
    description: 'End running invocations, start no more, and remove the schedules; positions stay',
    example: 'rocketmq-connect stop flights',
    options: [yesOption(), jsonOption()],
    load: () => import('../commands/stop.ts'),
  },
  {
    usage: 'restart <name...>',
    description: 'Clear failures and start tasks now; a task that runs ends its run and starts again',
    example: 'rocketmq-connect restart flights --only-failed',
    options: [
      new Option('--task <n>', 'only this task; you can repeat the option').argParser(wholeNumbers),
      new Option('--only-failed', 'only tasks whose last run failed'),
      yesOption(),
      jsonOption(),
    ],
    load: () => import('../commands/restart.ts'),
  },
  {
    usage: 'resume <name...>',
    description: 'End a pause or a stop, and let failed tasks run again',
    example: 'rocketmq-connect resume flights',
    options: [yesOption(), jsonOption()],
    load: () => import('../commands/resume.ts'),
  },
  {
    usage: 'skip <name>',
    description: 'Let the next run skip a record that cannot be copied',
    example: "rocketmq-connect skip flights --at 'flights-0@4711'",
    options: [new Option('--at <place>', 'the record to skip, as `status` names it: partition@id').makeOptionMandatory(), jsonOption()],
    load: () => import('../commands/skip.ts'),
  },
  {
    usage: 'delete <name...>',
    description: 'Delete connectors with their tasks and positions; copied messages stay',
    example: 'rocketmq-connect delete flights --yes',
    options: [new Option('-y, --yes', 'do not ask for confirmation'), jsonOption()],
    load: () => import('../commands/delete.ts'),
  },
];
