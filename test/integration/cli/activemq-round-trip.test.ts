import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Message } from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import { takeMessages } from '../../support/activemq-messages.ts';
import { uniqueName } from '../../support/names.ts';
import { oddMessages } from '../activemq/odd-messages.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command several times, and other tests share the cores.
jest.setTimeout(900_000);

const QUEUES = 3;
const EACH = 120;

/** Messages of every kind in an order that repeats, each with an id of its own, and with a property that says where it is to go. */
const messages = (to: string, count: number, first = 0): Message[] =>
  Array.from({ length: count }, (_, place) => {
    const index = first + place;
    const odd = oddMessages[index % oddMessages.length] as Message;
    return {
      ...odd,
      ...(index >= oddMessages.length && { message_id: `${to}-${index}` }),
      creation_time: new Date(1_700_000_000_000 + index * 17),
      application_properties: { ...odd.application_properties, to },
    };
  });

/** Where a message is, and how often it was delivered, is the broker's to say. So is the id by which it drops repeats. */
function comparable({ first_acquirer, delivery_count, to, message_annotations, application_properties, ...rest }: Message) {
  const { 'x-opt-jms-dest': _, ...annotations } = message_annotations ?? {};
  const { _AMQ_DUPL_ID: __, ...properties } = application_properties ?? {};
  return { ...rest, annotations, properties };
}

describe.each(['activemq', 'artemis'] as const)('messages that go from %s through RocketMQ to the same', (name) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  const ok = async (...args: string[]): Promise<string> => {
    const finished = await bench.run(args);
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
    return finished.stdout;
  };

  async function send(queue: string, sent: readonly Message[]): Promise<void> {
    const broker = await ActivemqBroker.open(bench.addresses[name]);
    await broker.send({ name: queue }, sent);
    await broker.close();
  }

  it('are the same there, in the order of each queue, and each comes once', async () => {
    const url = bench.addresses[name];
    const routes = Array.from({ length: QUEUES }, () => ({ from: uniqueName('from'), to: uniqueName('to'), same: uniqueName('same') }));
    // Fewer, so that one of them has messages for several destinations.
    const through = await bench.rocketmqTopic({ queues: QUEUES - 1 });
    const [out, back] = [uniqueName('out'), uniqueName('back')];
    const rocketmq = `rocketmq: { endpoints: '${bench.addresses.rocketmqNamesrv}', topic: ${through}, requestTimeoutMs: 20000 }`;
    const queues = routes.map(({ from }) => from).join(', ');
    await bench.file(
      'out.yml',
      `name: ${out}
type: activemq-source
maxTasks: 2
source: { url: '${url}', queues: [${queues}], connectTimeoutMs: 30000, idleTimeoutMs: 60000 }
${rocketmq}
`,
    );
    await bench.file(
      'back.yml',
      `name: ${back}
type: activemq-sink
maxTasks: 2
sink: { url: '${url}', destination: '{{header:to}}', connectTimeoutMs: 30000, idleTimeoutMs: 60000 }
${rocketmq}
`,
    );
    const fill = async (count: number, first: number) => {
      for (const { from, to, same } of routes) {
        await send(from, messages(to, count, first));
        await send(same, messages(to, count, first));
      }
    };
    const expectSame = async (count: number) => {
      for (const { to, same } of routes) {
        const arrived = await takeMessages(url, to);
        expect(arrived).toHaveLength(count);
        expect(arrived.map(comparable)).toEqual((await takeMessages(url, same)).map(comparable));
      }
    };

    await fill(EACH, 0);
    expect(await ok('validate', '--reach', 'back.yml')).toContain(`connector ${back} is valid, and both ends answer`);
    await ok('apply', 'out.yml', 'back.yml');
    await ok('run', out);
    await ok('run', back);
    await expectSame(EACH);
    expect(await ok('status', back)).toContain('activemq-sink');

    await fill(20, EACH);
    await ok('run', out);
    await ok('run', back);
    await expectSame(20);
  });
});
