import { Option } from 'commander';
import { FORMATS } from '../../metrics/exposition.ts';
import { countTo, jsonOption, pricesOption, stateOption } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Commands that show states, configuration, history, runs, cost and metrics. They change nothing, apart from `rollback`. */
export const insightCommands: readonly CommandSpec[] = [
  {
    usage: 'list',
    description: 'List connectors, those that failed first',
    example: 'rocketmq-connect list --state failed,degraded',
    options: [stateOption(), jsonOption()],
    load: () => import('../commands/list.ts'),
  },
  {
    usage: 'status [name...]',
    description: 'Show tasks: state, positions, lag, last record, last run, failure',
    example: 'rocketmq-connect status flights --watch',
    options: [stateOption(), jsonOption(), new Option('-w, --watch', 'show it again every two seconds; --json prints a line each time')],
    load: () => import('../commands/status.ts'),
  },
  {
    usage: 'config <name>',
    description: 'Print the connector file in force, with defaults filled in; secrets stay references',
    example: 'rocketmq-connect config flights > flights.yml',
    options: [jsonOption()],
    load: () => import('../commands/config.ts'),
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
    load: () => import('../commands/history.ts'),
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
    load: () => import('../commands/rollback.ts'),
  },
  {
    usage: 'runs <name>',
    description: 'List the last runs that copied something or failed, newest first',
    example: 'rocketmq-connect runs flights --limit 100',
    options: [new Option('--limit <n>', 'number of runs to list').argParser(countTo(10_000)).default(20), pricesOption(), jsonOption()],
    load: () => import('../commands/runs.ts'),
  },
  {
    usage: 'cost [name...]',
    description: 'Show what runs cost on AWS at list prices, by connector and by part, also those that found nothing to copy',
    example: 'rocketmq-connect cost flights --days 7',
    options: [new Option('--days <n>', 'the last so many days').argParser(countTo(30)).default(30), pricesOption(), jsonOption()],
    load: () => import('../commands/cost.ts'),
  },
  {
    usage: 'metrics',
    description: 'Print states, counters, lag and ages of all tasks as text for Prometheus',
    example: 'rocketmq-connect metrics > /var/lib/node_exporter/connect.prom',
    options: [
      new Option('--format <which>', "Prometheus' own text, which node exporter reads, or OpenMetrics")
        .choices([...FORMATS])
        .default('prometheus'),
      new Option('--names <which>', 'names of the metrics: our own, or those that dashboards of Kafka Connect use')
        .choices(['own', 'kafka'])
        .default('own'),
      pricesOption(),
    ],
    load: () => import('../commands/metrics.ts'),
  },
];
