import { Command, Option } from 'commander';
import { EXIT } from '../../../src/cli/terminal/exit-code.ts';
import { reportFailure } from '../../../src/cli/terminal/failures.ts';
import { onInterrupt } from '../../../src/cli/terminal/interrupt.ts';
import { createOutput, type Output } from '../../../src/cli/terminal/output.ts';
import { dataDirOf } from '../install/settings.ts';
import { StackError } from '../install/stack-error.ts';
import { RocketmqAdmin } from '../rocketmq-admin/rocketmq-admin.ts';
import { startStack } from '../stack.ts';
import type { MainJobSystem } from './comparison/source.ts';
import { type Dataset, datasetNames, openDataset } from './flights/dataset.ts';
import { mainJob } from './main-job.ts';
import { againIfAway } from './server-away.ts';
import { systems } from './sources/registry.ts';

interface Options {
  readonly source: string;
  readonly sink?: string;
  readonly dataset?: string;
  readonly verbose?: boolean;
}

const command = new Command('npm start')
  .description('Copies a public data set to RocketMQ on this machine, and checks every record.')
  .addOption(new Option('--source <system>', 'system to copy from').choices(Object.keys(systems)).default('kafka'))
  .addOption(
    new Option(
      '--sink <system>',
      'system to copy from, and from RocketMQ back into it; to compare takes the copies out of a queue of activemq',
    ).choices(Object.keys(systems).filter((name) => systems[name]?.sinkExample !== undefined)),
  )
  .addOption(new Option('--dataset <name>', 'table of vega-datasets to copy; the default suits the system').choices(datasetNames))
  .option('-v, --verbose', 'also print log lines and stack traces')
  .parse();
const options = command.opts<Options>();
if (options.sink !== undefined && command.getOptionValueSource('source') === 'cli')
  command.error(`error: --sink ${options.sink} alone copies from ${options.sink} into RocketMQ and back: leave --source out`);

const output = createOutput({ verbose: options.verbose ?? false });
try {
  process.exitCode = await start(options, output);
} catch (error) {
  if (error instanceof StackError) {
    output.problem(error.message);
    process.exitCode = EXIT.failure;
  } else {
    process.exitCode = reportFailure(error, output);
    const again = againIfAway(error);
    if (again !== undefined) output.problem(again);
  }
}

async function start(options: Options, output: Output): Promise<number> {
  const { signal, done } = onInterrupt(output);
  const systemName = options.sink ?? options.source;
  const system = systems[systemName] as MainJobSystem;
  try {
    const dataset = await openDataset(options.dataset ?? system.defaultDataset);
    output.note(`Starting RocketMQ, ${system.title} and DynamoDB Local; they run until \`npm run stack -- stop\``);
    const onProgress = (line: string) => output.note(`  ${line}`);
    const { addresses } = await startStack({ servers: ['rocketmq', system.server, 'dynamodb'], onProgress, signal });
    const { rocketmqEndpoints, rocketmqNamesrv, dynamodb } = addresses;
    const environment = {
      ...system.environment(addresses),
      CONNECT_ROCKETMQ_ENDPOINTS: rocketmqEndpoints,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    };
    // The example file refers to these, and they say where the state is.
    Object.assign(process.env, environment);
    const source = await system.open(addresses, dataDirOf({}));
    const rocketmq = await RocketmqAdmin.open(rocketmqNamesrv);
    try {
      const given = process.argv.slice(2);
      const command = ['npm start', ...(given.length === 0 ? [] : ['--', ...given])].join(' ');
      const name = nameFor(systemName, system, dataset);
      return await mainJob({
        dataset,
        command,
        back: options.sink !== undefined,
        name,
        system,
        source,
        rocketmq,
        environment,
        output,
        signal,
      });
    } finally {
      rocketmq.close();
      await source.close();
    }
  } finally {
    done();
  }
}

/** Kafka's default data set goes through the example file as it is. Others get names of their own. */
function nameFor(systemName: string, system: MainJobSystem, dataset: Dataset): string {
  if (systemName !== 'kafka') return `${dataset.name}-${systemName}`;
  return dataset.name === system.defaultDataset ? 'flights' : dataset.name;
}
