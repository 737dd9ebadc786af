import { silentLogger } from '../../../src/api/index.ts';
import { kafkaSource } from '../../../src/connectors/kafka/index.ts';
import { KafkaSourceTask } from '../../../src/connectors/kafka/source.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';

// One poll of a run that has more, then the end: whatever is still open keeps this process alive.
const [bootstrapServers, topic] = process.argv.slice(2);
const clients = new WarmClients();
const task = new KafkaSourceTask({
  connector: 'lab',
  task: 0,
  config: kafkaSource.config.parse({ bootstrapServers, topics: [topic], maxFetchBytes: 65_536 }),
  taskConfig: { partitions: [`${topic}-0`, `${topic}-1`] },
  logger: silentLogger,
  clients,
  signal: new AbortController().signal,
  positions: new Map(),
});
await task.start();
const { records } = await task.poll({ maxRecords: 1, maxBytes: 1 });
await task.stop();
await clients.close();
process.stdout.write(`closed after ${records.length}\n`);
