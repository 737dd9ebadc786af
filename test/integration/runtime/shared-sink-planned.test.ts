import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { uniqueName } from '../../support/names.ts';
import { sharedSink } from '../../support/sink/shared-sink.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';
import { stackAddresses } from '../../support/stack.ts';

jest.setTimeout(900_000);

describe('the plan of a sink whose tasks share queues', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(async () => {
    server?.close();
    await lab[Symbol.asyncDispose]();
  });

  /** Listens, and says nothing to who connects. */
  let server: Server | undefined;
  const silent = async (): Promise<string> => {
    server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const wrong: ReadonlyArray<readonly [string, () => Promise<Partial<ConnectorSpec['rocketmq']>>, RegExp, RegExp]> = [
    [
      'a group that is not there',
      async () => ({ group: 'missing-group' }),
      /^rocketmq.group: RocketMQ has no consumer group/,
      /updateSubGroup/,
    ],
    ['a topic that is not there', async () => ({ topic: uniqueName('missing') }), /^rocketmq.topic: RocketMQ has no topic/, /updateTopic/],
    [
      'the port of a name server',
      async () => ({ endpoints: (await stackAddresses()).rocketmqNamesrv }),
      /^rocketmq.endpoints: .* does not answer in gRPC, which rocketmq.protocol names/,
      /gRPC port \(8081\) in rocketmq.endpoints, or set rocketmq.protocol to remoting/,
    ],
    [
      'a port where nobody listens',
      async () => ({ endpoints: '127.0.0.1:1' }),
      /^rocketmq.endpoints: no connection to 127.0.0.1:1/,
      /listens/,
    ],
    [
      'a server that never answers',
      async () => ({ endpoints: await silent(), requestTimeoutMs: 1_000 }),
      /^rocketmq.endpoints: .*answer/,
      /requestTimeoutMs/,
    ],
  ];

  it.each(wrong)('is refused for %s, with the option and the remedy', async (_, change, message, remedy) => {
    const sink = await sharedSink(lab);
    const { rocketmq } = sink.spec;
    const changed = { ...rocketmq, ...(await change()) };
    await expect(sink.apply({ rocketmq: changed })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('has a worker for each task, and takes and adds workers without a word', async () => {
    const sink = await sharedSink(lab, { queues: 1, tasks: 3 });
    await sink.apply();
    const fewer = await sink.apply({ maxTasks: 2 });
    expect(fewer.warnings).toEqual([]);
    expect(fewer.tasks.map(({ task, change }) => [task, change])).toEqual([
      [0, 'keep'],
      [1, 'keep'],
      [2, 'delete'],
    ]);
    const status = await sink.status();
    expect(status.taskStatus.map(({ partitions, positions }) => [partitions, positions])).toEqual([
      [['worker-0'], {}],
      [['worker-1'], {}],
    ]);
  });
});
