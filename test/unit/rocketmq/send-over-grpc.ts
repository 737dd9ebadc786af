/** A process that sends numbered messages over gRPC one by one, closes, and ends by itself: `node send-over-grpc.ts '<GrpcSendOrder>'`. */
import { silentLogger, toConnectError } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/transport/open-producer.ts';
import { message } from './decode-body.ts';

export interface GrpcSendOrder {
  readonly endpoints: string;
  readonly count: number;
  readonly requestTimeoutMs: number;
  /** How long one message may take. */
  readonly sendMs: number;
}

const { endpoints, count, requestTimeoutMs, sendMs } = JSON.parse(process.argv[2] as string) as GrpcSendOrder;

async function send(): Promise<string> {
  try {
    const config = { protocol: 'grpc', order: 'none', endpoints, topic: 'orders', namespace: '', tls: false, requestTimeoutMs } as const;
    const producer = await openProducer(config, silentLogger);
    try {
      for (let number = 0; number < count; number += 1) await producer.send(0, [message(String(number))], Date.now() + sendMs);
    } finally {
      await producer.close();
    }
    return 'sent';
  } catch (error) {
    return toConnectError(error).code;
  }
}

process.stdout.write(`${await send()}\n`);
