import { Command, Option } from 'commander';
import { EXIT } from '../../../src/cli/exit-code.ts';
import { reportFailure } from '../../../src/cli/failures.ts';
import { onInterrupt } from '../../../src/cli/interrupt.ts';
import { createOutput, type Output } from '../../../src/cli/output.ts';
import { KafkaTopics } from '../kafka-topics.ts';
import { RocketmqAdmin } from '../rocketmq-admin/rocketmq-admin.ts';
import { type StackAddresses, startStack } from '../stack.ts';
import { StackError } from '../stack-error.ts';
import { datasetNames, openDataset } from './dataset.ts';
import { mainJob } from './main-job.ts';

/** The package's largest table. */
const DEFAULT_DATASET = 'flights-3m';

const { dataset: datasetName, verbose } = new Command('npm start')
  .description('Copies a public data set from Kafka to RocketMQ on this machine, and checks every record.')
  .addOption(new Option('--dataset <name>', 'table of vega-datasets to copy').choices(datasetNames).default(DEFAULT_DATASET))
  .option('-v, --verbose', 'log lines and stack traces, too')
  .parse()
  .opts<{ dataset: string; verbose?: boolean }>();

const output = createOutput({ verbose: verbose ?? false });
try {
  process.exitCode = await start(output);
} catch (error) {
  if (!(error instanceof StackError)) process.exitCode = reportFailure(error, output);
  else {
    output.problem(error.message);
    process.exitCode = EXIT.failure;
  }
}

async function start(output: Output): Promise<number> {
  const { signal, done } = onInterrupt(output);
  try {
    const dataset = await openDataset(datasetName);
    output.note('Starting RocketMQ, Kafka and DynamoDB Local; they stay until `npm run stack -- stop`');
    const { addresses } = await startStack({ onProgress: (line) => output.note(`  ${line}`), signal });
    const environment = environmentFor(addresses);
    // What the example file refers to, and where the state is kept.
    Object.assign(process.env, environment);
    const kafka = new KafkaTopics(addresses.kafka);
    const rocketmq = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    try {
      // The default data set goes through the example file as it is; others beside it.
      const name = datasetName === DEFAULT_DATASET ? 'flights' : datasetName;
      return await mainJob({ dataset, name, kafka, rocketmq, environment, output, signal });
    } finally {
      rocketmq.close();
      await kafka.close();
    }
  } finally {
    done();
  }
}

function environmentFor({ kafka, rocketmqEndpoints, dynamodb }: StackAddresses) {
  return { CONNECT_KAFKA_BOOTSTRAP_SERVERS: kafka, CONNECT_ROCKETMQ_ENDPOINTS: rocketmqEndpoints, AWS_ENDPOINT_URL_DYNAMODB: dynamodb };
}
