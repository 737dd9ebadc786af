import { Option } from 'commander';
import { connectorTypes } from '../connectors/registry.ts';
import type { CommandRun } from './shared/command-run.ts';
import { countTo, jsonOption, names, place, wholeNumbers } from './shared/options.ts';

/** Name, help text, options and code of one command. */
export interface CommandSpec {
  /** Name and arguments, in commander's notation. */
  readonly usage: string;
  readonly says: string;
  readonly example: string;
  readonly options?: readonly Option[];
  /** The targets that the command can work on. Default: any. */
  readonly target?: 'none' | 'local';
  /** Called when the command runs, so that the command line starts fast. */
  readonly load: () => Promise<{ readonly run: CommandRun }>;
}

/** In the order of the help. */
export const commands: readonly CommandSpec[] = [
  {
    usage: 'init <folder>',
    says: 'Make a folder that deploys connectors to AWS: serverless.yml, a connector file, README.md',
    example: 'rocketmq-connect init my-connectors --type kafka-source',
    options: [
      new Option('--type <name>', 'connector type of the example file').choices(Object.keys(connectorTypes)).default('kafka-source'),
    ],
    target: 'none',
    load: () => import('./commands/init.ts'),
  },
  {
    usage: 'new <direction> <name>',
    says: 'Write the package of a connector of your own, with a test that it passes; direction: source',
    example: 'rocketmq-connect new source my-system',
    target: 'none',
    load: () => import('./commands/new.ts'),
  },
  {
    usage: 'validate <file...>',
    says: 'Check connector files',
    example: 'rocketmq-connect validate --reach connectors/',
    options: [new Option('--reach', 'also reach the systems that they name'), jsonOption()],
    load: () => import('./commands/validate.ts'),
  },
  {
    usage: 'plan <file...>',
    says: 'Show what apply would change, task by task',
    example: 'rocketmq-connect plan examples/kafka-to-rocketmq.yml',
    options: [jsonOption()],
    load: () => import('./commands/plan.ts'),
  },
  {
    usage: 'apply <file...>',
    says: 'Create connectors, or change them, as files say; may be repeated',
    example: 'rocketmq-connect apply connectors/*.yml --run',
    options: [new Option('--run', 'then run them until nothing is left to copy; with --json, a row for each task'), jsonOption()],
    load: () => import('./commands/apply.ts'),
  },
  {
    usage: 'replan <name...>',
    says: 'Plan applied connectors again, to find new partitions',
    example: 'rocketmq-connect replan flights',
    options: [jsonOption()],
    load: () => import('./commands/replan.ts'),
  },
  {
    usage: 'snapshot <name>',
    says: 'Copy all rows of some tables once more; their changes go on',
    example: 'rocketmq-connect snapshot shop-tables --tables shop.orders,shop.customers',
    options: [
      new Option('--tables <names>', 'tables as database.table, no patterns, separated by commas').argParser(names).makeOptionMandatory(),
      jsonOption(),
    ],
    load: () => import('./commands/snapshot.ts'),
  },
  {
    usage: 'list',
    says: 'List connectors',
    example: 'rocketmq-connect list --json',
    options: [jsonOption()],
    load: () => import('./commands/list.ts'),
  },
  {
    usage: 'status [name...]',
    says: 'Show tasks: state, positions, lag, last run, failure',
    example: 'rocketmq-connect status flights --watch',
    options: [jsonOption(), new Option('-w, --watch', 'show it again every two seconds; with --json, a line each time')],
    load: () => import('./commands/status.ts'),
  },
  {
    usage: 'runs <name>',
    says: 'List the last runs that copied something or failed, newest first',
    example: 'rocketmq-connect runs flights --limit 100',
    options: [new Option('--limit <n>', 'runs to list').argParser(countTo(10_000)).default(20), jsonOption()],
    load: () => import('./commands/runs.ts'),
  },
  {
    usage: 'run <name>',
    says: 'Run the tasks of a connector now, one invocation each',
    example: 'rocketmq-connect run flights --until-caught-up',
    options: [
      new Option('--until-caught-up', 'invocation after invocation, until nothing is left to copy'),
      new Option('--task <n>', 'this task only; may be repeated').argParser(wholeNumbers),
      jsonOption(),
    ],
    load: () => import('./commands/run.ts'),
  },
  {
    usage: 'sample <name>',
    says: 'Show what the next records would become; nothing is sent, acknowledged or stored',
    example: 'rocketmq-connect sample flights --limit 3',
    options: [
      new Option('--limit <n>', 'messages to show').argParser(countTo(1_000)).default(10),
      new Option('--task <n>', 'this task only; may be repeated').argParser(wholeNumbers),
      jsonOption(),
    ],
    load: () => import('./commands/sample.ts'),
  },
  {
    usage: 'peek [topic]',
    says: 'Show messages of a RocketMQ topic; nothing is taken from anyone',
    example: 'rocketmq-connect peek flights --from 10m --follow',
    options: [
      new Option('--from <place>', 'start, end, a time, or how long ago, such as 10m').argParser(place).default('end'),
      new Option('--limit <n>', 'messages to show; from the end, the newest ones').argParser(countTo(1_000)).default(10),
      new Option('-f, --follow', 'go on with what arrives; with --json, a line each'),
      new Option('--connector <name>', 'connector whose access to RocketMQ is used; its topic is the default'),
      new Option('--endpoints <addresses>', 'RocketMQ name server, where no connector knows it').conflicts('connector'),
      jsonOption(),
    ],
    load: () => import('./commands/peek.ts'),
  },
  {
    usage: 'pause <name...>',
    says: 'Start no more invocations; those that run may end',
    example: 'rocketmq-connect pause flights',
    options: [jsonOption()],
    load: () => import('./commands/pause.ts'),
  },
  {
    usage: 'resume <name...>',
    says: 'End a pause, and give failed tasks another chance',
    example: 'rocketmq-connect resume flights',
    options: [jsonOption()],
    load: () => import('./commands/resume.ts'),
  },
  {
    usage: 'skip <name>',
    says: 'Let the next run go on behind a record that can not be copied',
    example: "rocketmq-connect skip flights --at 'flights-0@4711'",
    options: [new Option('--at <place>', 'the record, as `status` names it: partition@id').makeOptionMandatory(), jsonOption()],
    load: () => import('./commands/skip.ts'),
  },
  {
    usage: 'delete <name...>',
    says: 'Remove connectors with their tasks and positions; what they copied stays',
    example: 'rocketmq-connect delete flights --yes',
    options: [new Option('-y, --yes', 'do not ask'), jsonOption()],
    load: () => import('./commands/delete.ts'),
  },
  {
    usage: 'describe [type]',
    says: 'Explain the options of a connector type',
    example: 'rocketmq-connect describe kafka-source',
    options: [jsonOption()],
    target: 'none',
    load: () => import('./commands/describe.ts'),
  },
  {
    usage: 'schema',
    says: 'Print the JSON schema of connector files, for editors',
    example: 'rocketmq-connect schema > connector.schema.json',
    target: 'none',
    load: () => import('./commands/schema.ts'),
  },
  {
    usage: 'dev [file...]',
    target: 'local',
    says: 'Apply files, then run schedules and tasks in this process until Ctrl-C',
    example: 'rocketmq-connect dev connectors/',
    load: () => import('./commands/dev.ts'),
  },
];
