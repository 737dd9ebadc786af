import { uniqueName } from '../test/support/names.ts';
import { copyKafka } from './copy-kafka.ts';
import { better, type Pace, sourceRows } from './pace.ts';
import { fillKafka, readRawKafka } from './read-raw-kafka.ts';
import { type Bench, row } from './row.ts';
import { sendRaw } from './send-raw.ts';

const BYTES = 200;
const RECORDS = 600_000;
const PARTITIONS = 8;
const ROUNDS = 6;
/** A proxy that has just started is half as fast until Java has compiled what it runs. */
const WARM_UP_SECONDS = 60;
const SEND_SECONDS = 3;

/**
 * Measures the producer over gRPC against the one over the remoting protocol, without order and, in a FIFO topic, with 64 groups; and a
 * whole task from Kafka over gRPC against its two halves. It measures all of them in turn, and the best of each counts.
 */
export const grpcThroughput: Bench = {
  names: ['send/grpc/200B', 'send/grpc-fifo/200B', 'kafka-source/grpc/200B'],
  servers: ['kafka', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const topic = uniqueName('bench');
    const copies = wants('kafka-source/grpc/200B');
    if (copies) {
      progress(`filling Kafka with ${RECORDS} records`);
      await fillKafka(addresses.kafka, topic, PARTITIONS, BYTES, RECORDS);
    }
    const best: { [what in 'remoting' | 'grpc' | 'fifo' | 'read' | 'copy']?: Pace } = {};
    const readable = { remoting: 0, grpc: 0 };
    progress(`warming up RocketMQ for ${WARM_UP_SECONDS} s`);
    await sendRaw(BYTES, WARM_UP_SECONDS, { protocol: 'grpc' });
    for (let round = 1; round <= ROUNDS; round += 1) {
      progress(`round ${round} of ${ROUNDS}`);
      const remoting = await sendRaw(BYTES, SEND_SECONDS);
      const grpc = await sendRaw(BYTES, SEND_SECONDS, { protocol: 'grpc' });
      best.remoting = better(best.remoting, remoting);
      best.grpc = better(best.grpc, grpc);
      readable.remoting = Math.max(readable.remoting, remoting.readablePerSecond);
      readable.grpc = Math.max(readable.grpc, grpc.readablePerSecond);
      best.fifo = better(best.fifo, await sendRaw(BYTES, SEND_SECONDS, { protocol: 'grpc', messageType: 'FIFO' }));
      if (!copies) continue;
      best.read = better(best.read, await readRawKafka(addresses.kafka, topic));
      const rocketmq = { protocol: 'grpc', endpoints: addresses.rocketmqGrpc, order: 'none' } as const;
      best.copy = better(best.copy, await copyKafka(addresses, { source: topic, partitions: PARTITIONS, records: RECORDS, rocketmq }));
    }
    const { remoting, grpc, fifo, read, copy } = best as Required<typeof best>;
    const sent = [
      row('send/grpc/200B', grpc.perSecond, 'records/s', remoting.perSecond),
      row('send/grpc/200B/readable', readable.grpc, 'records/s', readable.remoting),
      row('send/grpc/200B/cpu', grpc.cpuMicros, 'us', remoting.cpuMicros),
      row('send/grpc-fifo/200B', fifo.perSecond, 'records/s', grpc.perSecond),
      row('send/grpc-fifo/200B/cpu', fifo.cpuMicros, 'us'),
    ];
    return copies ? [...sent, ...sourceRows('kafka-source/grpc/200B', { read, send: grpc, copy })] : sent;
  },
};
