import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activemq } from '../../../infra/local/servers/activemq.ts';
import { artemis } from '../../../infra/local/servers/artemis.ts';
import { takeMessages } from '../../support/activemq-messages.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { persist, queued, write } from '../../support/sink/batches.ts';
import { ActivemqSinkLab } from './activemq-sink-lab.ts';

const LIMIT_MS = 300_000;
const BATCHES = 12;
const SIZE = 100;
const all = (count: number) => Array.from({ length: count }, (_, index) => index);

describe.each([
  { name: 'Classic', program: activemq },
  { name: 'Artemis', program: artemis },
])('$name, where it fails while a sink writes,', ({ name, program }) => {
  let server: OwnServer;
  let sinks: ActivemqSinkLab;
  beforeAll(async () => {
    server = await OwnServer.start(program);
    sinks = new ActivemqSinkLab(`amqp://${server.address('amqp')}`);
  }, LIMIT_MS);
  afterAll(async () => {
    await sinks?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const bodiesOf = async (queue: string) => (await takeMessages(sinks.url, queue)).map(({ body }) => Number(String(body.content)));

  it(
    'is waited for where it is killed: nothing is lost, and what comes again comes in order',
    async () => {
      const destination = uniqueName('faults');
      const task = await sinks.task({ destination });
      let failing: Promise<unknown> | undefined;
      let failures = 0;
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const numbered = (index: number) => ({ offset: batch * SIZE + index, value: Buffer.from(String(batch * SIZE + index)) });
        const writing = persist(() => write(task, queued(SIZE, numbered), undefined, Date.now() + LIMIT_MS));
        if (batch === 5) {
          // The batches behind this one find the broker dead.
          await server.signal('SIGKILL');
          failing = server.restart(0);
        }
        failures += await writing;
      }
      await failing;
      await task.stop();
      expect(failures).toBeGreaterThan(0);
      const found = await bodiesOf(destination);
      expect([...new Set(found)]).toEqual(all(BATCHES * SIZE));
      for (const [index, number] of found.entries()) expect(number).toBeLessThanOrEqual((found[index - 1] ?? -1) + 1);
      if (name === 'Artemis') expect(found).toHaveLength(BATCHES * SIZE);
    },
    LIMIT_MS,
  );

  it(
    'is given up where it freezes, and what was on its way comes before what is written next',
    async () => {
      const destination = uniqueName('faults');
      const task = await sinks.task({ destination, confirmTimeoutMs: 2_000 });
      const records = queued(200, () => ({}));
      await persist(() => write(task, records.slice(0, 1)));
      await server.signal('SIGSTOP');
      await expect(write(task, records.slice(1, 100))).rejects.toMatchObject({ retriable: true });
      await task.stop();
      await server.signal('SIGCONT');
      const next = await sinks.task({ destination });
      await persist(() => write(next, records.slice(1)));
      await next.stop();
      const found = await bodiesOf(destination);
      expect([...new Set(found)]).toEqual(all(200));
      expect(found.slice(-199)).toEqual(all(200).slice(1));
    },
    LIMIT_MS,
  );

  it(
    'ends a write that is asked to end, and nothing of it comes later',
    async () => {
      const destination = uniqueName('faults');
      const task = await sinks.task({ destination });
      const records = queued(60, () => ({}));
      await write(task, records.slice(0, 1));
      await server.signal('SIGSTOP');
      const stop = new AbortController();
      const writing = write(task, records.slice(1, 50), stop.signal);
      writing.catch(() => {});
      stop.abort();
      await expect(writing).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
      await task.stop();
      await server.signal('SIGCONT');
      const next = await sinks.task({ destination });
      await persist(() => write(next, records.slice(50)));
      await next.stop();
      expect((await bodiesOf(destination)).slice(-10)).toEqual(all(60).slice(50));
    },
    LIMIT_MS,
  );
});
