import { Option } from 'commander';
import { connectorTypes } from '../connectors/registry.ts';
import type { CommandRun } from './shared/command-run.ts';
import {
  countTo,
  errorCodes,
  jsonOption,
  names,
  place,
  port,
  stateOption,
  texts,
  time,
  wholeNumbers,
  yesOption,
} from './shared/options.ts';

/** The name, help text, options and code of one command. */
export interface CommandSpec {
  /** The name and the arguments, in commander's notation. Two names are a group of commands and one of it. */
  readonly usage: string;
  readonly description: string;
  readonly example: string;
  readonly options?: readonly Option[];
  /** The targets that the command can work on. By default it works on any. */
  readonly target?: 'none' | 'local';
  /** Loads the command's code when the command runs, so that the command line starts fast. */
  readonly load: () => Promise<{ readonly run: CommandRun }>;
}

/** Groups of commands. */
export const groups: Readonly<Record<string, string>> = {
  offsets: 'Positions: where each partition of a connector goes on',
  dlq: 'Dead letters: records that could not be copied, in the topic errors.deadLetterTopic',
};

const letterOptions = (): Option[] => [
  new Option('--code <codes>', 'only those with one of these error codes, separated by commas').argParser(errorCodes),
  new Option('--since <time>', 'only those since a time, or since so long ago, such as 2h').argParser(time),
  new Option('--until <time>', 'only those until a time, or until so long ago').argParser(time),
];

const pricesOption = (): Option =>
  new Option('--prices <file>', 'prices by region, in a file like examples/cost/prices.yml; default those of docs/cost.md');

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

/** The help lists the commands in this order. */
export const commands: readonly CommandSpec[] = [
  {
    usage: 'init <folder>',
    description: 'Create a folder that deploys connectors to AWS: serverless.yml, a connector file, README.md',
    example: 'rocketmq-connect init my-connectors --type kafka-source',
    options: [
      new Option('--type <name>', 'connector type of the example file').choices(Object.keys(connectorTypes)).default('kafka-source'),
    ],
    target: 'none',
    load: () => import('./commands/init.ts'),
  },
  {
    usage: 'new <direction> <name>',
    description: 'Create the package of a connector of your own, with a passing test; the direction is source or sink',
    example: 'rocketmq-connect new source my-system',
    target: 'none',
    load: () => import('./commands/new.ts'),
  },
  {
    usage: 'validate <file...>',
    description: 'Check connector files',
    example: 'rocketmq-connect validate --reach connectors/',
    options: [new Option('--reach', 'also connect to the systems that the files name'), jsonOption()],
    load: () => import('./commands/validate.ts'),
  },
  {
    usage: 'plan <file...>',
    description: 'Show what apply would change, task by task',
    example: 'rocketmq-connect plan examples/kafka-to-rocketmq.yml',
    options: [jsonOption()],
    load: () => import('./commands/plan.ts'),
  },
  {
    usage: 'apply <file...>',
    description: 'Create or change connectors as the files say; you can safely repeat it',
    example: 'rocketmq-connect apply connectors/*.yml --run',
    options: [new Option('--run', 'then run them until nothing is left to copy; --json prints a row for each task'), jsonOption()],
    load: () => import('./commands/apply.ts'),
  },
  {
    usage: 'replan <name...>',
    description: 'Plan applied connectors again, to find new partitions',
    example: 'rocketmq-connect replan flights',
    options: [yesOption(), jsonOption()],
    load: () => import('./commands/replan.ts'),
  },
  {
    usage: 'snapshot <name>',
    description: 'Copy all rows of some tables again; their changes are still copied meanwhile',
    example: 'rocketmq-connect snapshot shop-tables --tables shop.orders,shop.customers',
    options: [
      new Option('--tables <names>', 'tables as database.table, separated by commas; no patterns').argParser(names).makeOptionMandatory(),
      jsonOption(),
    ],
    load: () => import('./commands/snapshot.ts'),
  },
  {
    usage: 'list',
    description: 'List connectors, those that failed first',
    example: 'rocketmq-connect list --state failed,degraded',
    options: [stateOption(), jsonOption()],
    load: () => import('./commands/list.ts'),
  },
  {
    usage: 'status [name...]',
    description: 'Show tasks: state, positions, lag, last record, last run, failure',
    example: 'rocketmq-connect status flights --watch',
    options: [stateOption(), jsonOption(), new Option('-w, --watch', 'show it again every two seconds; --json prints a line each time')],
    load: () => import('./commands/status.ts'),
  },
  {
    usage: 'config <name>',
    description: 'Print the connector file in force, with defaults filled in; secrets stay references',
    example: 'rocketmq-connect config flights > flights.yml',
    options: [jsonOption()],
    load: () => import('./commands/config.ts'),
  },
  {
    usage: 'history <name>',
    description: 'List who changed a connector, when and what, newest first; or print the file of a generation',
    example: 'rocketmq-connect history flights --generation 3 > flights.yml',
    options: [
      new Option('--limit <n>', 'number of changes to list').argParser(countTo(1_000)).default(20),
      new Option('--generation <n>', 'print the connector file of this plan instead').argParser(countTo(1_000_000_000)),
      jsonOption(),
    ],
    load: () => import('./commands/history.ts'),
  },
  {
    usage: 'rollback <name>',
    description: 'Put the connector file of an earlier generation in force, as a new plan; positions stay',
    example: 'rocketmq-connect rollback flights --generation 3',
    options: [
      new Option('--generation <n>', 'the plan whose file to take, as `history` names it')
        .argParser(countTo(1_000_000_000))
        .makeOptionMandatory(),
      new Option('-y, --yes', 'do not ask for confirmation'),
      jsonOption(),
    ],
    load: () => import('./commands/rollback.ts'),
  },
  {
    usage: 'runs <name>',
    description: 'List the last runs that copied something or failed, newest first',
    example: 'rocketmq-connect runs flights --limit 100',
    options: [new Option('--limit <n>', 'number of runs to list').argParser(countTo(10_000)).default(20), jsonOption()],
    load: () => import('./commands/runs.ts'),
  },
  {
    usage: 'cost [name...]',
    description: 'Show what runs cost on AWS at list prices, by connector and by part, also those that found nothing to copy',
    example: 'rocketmq-connect cost flights --days 7',
    options: [new Option('--days <n>', 'the last so many days').argParser(countTo(30)).default(30), pricesOption(), jsonOption()],
    load: () => import('./commands/cost.ts'),
  },
  {
    usage: 'metrics',
    description: 'Print states, counters, lag and ages of all tasks as OpenMetrics text, for Prometheus',
    example: 'rocketmq-connect metrics > /var/lib/node_exporter/connect.prom',
    options: [
      new Option('--names <which>', 'names of the metrics: our own, or those that dashboards of Kafka Connect use')
        .choices(['own', 'kafka'])
        .default('own'),
      pricesOption(),
    ],
    load: () => import('./commands/metrics.ts'),
  },
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
    load: () => import('./commands/run.ts'),
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
    load: () => import('./commands/sample.ts'),
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
    load: () => import('./commands/peek.ts'),
  },
  {
    usage: 'pause <name...>',
    description: 'Start no more invocations; running ones finish',
    example: 'rocketmq-connect pause flights',
    options: [yesOption(), jsonOption()],
    load: () => import('./commands/pause.ts'),
  },
  {
    usage: 'stop <name...>',
    description: 'End running invocations, start no more, and remove the schedules; positions stay',
    example: 'rocketmq-connect stop flights',
    options: [yesOption(), jsonOption()],
    load: () => import('./commands/stop.ts'),
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
    load: () => import('./commands/restart.ts'),
  },
  {
    usage: 'resume <name...>',
    description: 'End a pause or a stop, and let failed tasks run again',
    example: 'rocketmq-connect resume flights',
    options: [yesOption(), jsonOption()],
    load: () => import('./commands/resume.ts'),
  },
  {
    usage: 'skip <name>',
    description: 'Let the next run skip a record that cannot be copied',
    example: "rocketmq-connect skip flights --at 'flights-0@4711'",
    options: [new Option('--at <place>', 'the record to skip, as `status` names it: partition@id').makeOptionMandatory(), jsonOption()],
    load: () => import('./commands/skip.ts'),
  },
  {
    usage: 'offsets get <name>',
    description: 'Show the position of each partition',
    example: 'rocketmq-connect offsets get flights --json > offsets.json',
    options: [jsonOption()],
    load: () => import('./commands/offsets/get.ts'),
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
    load: () => import('./commands/offsets/alter.ts'),
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
    load: () => import('./commands/offsets/reset.ts'),
  },
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
    load: () => import('./commands/dlq/list.ts'),
  },
  {
    usage: 'dlq show <name> <place>',
    description: 'Show one dead letter whole: reason and causes, key, headers, value',
    example: 'rocketmq-connect dlq show orders broker-a:3@17',
    options: [letterTopic(), jsonOption()],
    load: () => import('./commands/dlq/show.ts'),
  },
  {
    usage: 'dlq redrive <name>',
    description:
      'Send dead letters through their connector once more, each once, in the order of their queues; records that are newer may be overwritten',
    example: 'rocketmq-connect dlq redrive orders --since 1d --dry-run',
    options: letterWork(),
    load: () => import('./commands/dlq/redrive.ts'),
  },
  {
    usage: 'dlq drop <name>',
    description: 'Mark dead letters as done with; RocketMQ can not delete single messages, so they stay in the topic until it removes them',
    example: 'rocketmq-connect dlq drop orders --offset broker-a:3@17',
    options: letterWork(),
    load: () => import('./commands/dlq/drop.ts'),
  },
  {
    usage: 'delete <name...>',
    description: 'Delete connectors with their tasks and positions; copied messages stay',
    example: 'rocketmq-connect delete flights --yes',
    options: [new Option('-y, --yes', 'do not ask for confirmation'), jsonOption()],
    load: () => import('./commands/delete.ts'),
  },
  {
    usage: 'describe [type]',
    description: 'Explain the options of a connector type',
    example: 'rocketmq-connect describe kafka-source',
    options: [jsonOption()],
    target: 'none',
    load: () => import('./commands/describe.ts'),
  },
  {
    usage: 'schema',
    description: 'Print the JSON schema of connector files, for editors',
    example: 'rocketmq-connect schema > connector.schema.json',
    target: 'none',
    load: () => import('./commands/schema.ts'),
  },
  {
    usage: 'serve',
    description: "Serve Kafka Connect's REST API on this machine until Ctrl-C, for tools that manage connectors with it",
    example: 'rocketmq-connect serve --target aws --stage prod',
    options: [
      new Option('--port <n>', 'port to listen on; 0 takes a free one').argParser(port).default(8083),
      new Option('--host <address>', 'address to listen on; who reaches it can change connectors').default('127.0.0.1'),
      new Option('--allow-host <name>', 'also serve requests to this host name; you can repeat the option').argParser(texts),
    ],
    load: () => import('./commands/serve.ts'),
  },
  {
    usage: 'dev [file...]',
    target: 'local',
    description: 'Apply files, then run schedules and tasks in this process until Ctrl-C',
    example: 'rocketmq-connect dev connectors/',
    load: () => import('./commands/dev.ts'),
  },
];
