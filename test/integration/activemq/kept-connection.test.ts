import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { AmqpLink } from '../../../src/connectors/activemq/protocol/amqp-link.ts';
import { ActivemqClient } from '../../../src/connectors/activemq/protocol/client.ts';
import { connectionKey } from '../../../src/connectors/activemq/protocol/connection-options.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { ActivemqLab, type Options } from './activemq-lab.ts';
import { ArtemisQueues } from './artemis-queues.ts';

/** Sessions that the kept connection has on the broker. */
async function sessionsOf(lab: ActivemqLab, options: Options): Promise<number> {
  const config = lab.config(options);
  const client = await lab.clients.get(
    connectionKey(config, 'source'),
    async () => new ActivemqClient(config, 'source'),
    (opened) => opened.close(),
  );
  const { connection } = await client.use(async (kept) => kept);
  return Object.keys((connection as unknown as { local_channel_map: object }).local_channel_map).length;
}

/** The broker's answers to the ends of links and sessions come behind those that a run waits for. */
async function noSessionIsLeft(lab: ActivemqLab, options: Options): Promise<void> {
  while ((await sessionsOf(lab, options)) > 0) await sleep(10);
}

const names = (count: number, prefix: string) => Array.from({ length: count }, () => uniqueName(prefix));

describe.each(['activemq', 'artemis'] as const)('a connection to %s that is kept', (server) => {
  let addresses: StackAddresses;
  let lab: ActivemqLab;
  beforeAll(async () => {
    addresses = await stackAddresses();
    lab = await ActivemqLab.open(addresses[server]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('has no session after a run', async () => {
    const options = { queues: [await lab.queue(3), await lab.queue(0)] };
    await lab.run(options);
    await noSessionIsLeft(lab, options);
  });

  it('has no session of a run that was stopped as it began', async () => {
    const options = { queues: names(10, 'stopped') };
    const stop = new AbortController();
    const task = lab.task(options, { signal: stop.signal });
    await sessionsOf(lab, options);
    const { open } = AmqpLink;
    const opening = jest.spyOn(AmqpLink, 'open').mockImplementation((...args) => {
      const link = open.apply(AmqpLink, args);
      stop.abort();
      return link;
    });
    await expect(task.start()).rejects.toMatchObject({ code: 'INTERRUPTED' });
    opening.mockRestore();
    expect(await sessionsOf(lab, options)).toBeGreaterThan(0);
    await task.stop();
    await noSessionIsLeft(lab, options);
  });
});

describe('a connection that is kept', () => {
  it('has no session of queues that Classic refuses to this user', async () => {
    const addresses = await stackAddresses();
    await using lab = await ActivemqLab.open(addresses.activemq);
    const { activemqLimitedUsername: username, activemqPassword: password } = addresses;
    const options = { username, password, queues: names(10, 'closed') };
    for (let run = 0; run < 3; run += 1) await expect(lab.run(options)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await noSessionIsLeft(lab, options);
  });

  it('has no session of a queue that Artemis deletes while it is read', async () => {
    await using lab = await ActivemqLab.open((await stackAddresses()).artemis);
    await using queues = await ArtemisQueues.open(lab.url);
    const queue = await lab.queue(10);
    const options = { queues: [queue] };
    const task = lab.task(options);
    await task.start();
    await task.poll({ maxRecords: 1, maxBytes: 1 });
    await queues.delete(queue);
    await noSessionIsLeft(lab, options);
    await task.stop();
  });
});
