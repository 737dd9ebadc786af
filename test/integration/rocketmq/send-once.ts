import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/open-producer.ts';

// A program that sends one message, closes its producer, says so, and has nothing else to do.
const [endpoints = '', topic = ''] = process.argv.slice(2);
const producer = await openProducer({ endpoints, topic, namespace: '', tls: false, requestTimeoutMs: 60_000 }, silentLogger);
await producer.send(0, [{ body: Buffer.from('v'), keys: [], properties: new Map() }], Date.now() + 60_000);
await producer.close();
process.stdout.write('closed\n');
