import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { ConnectError } from '../../../src/api/index.ts';
import { AmqpConnection } from '../../../src/connectors/activemq/protocol/amqp-connection.ts';
import { parseUrls } from '../../../src/connectors/activemq/protocol/connection-options.ts';
import { innerConnection } from '../../../src/connectors/activemq/protocol/rhea-internals.ts';
import { uniqueName } from '../../support/names.ts';
import { sideBySide } from '../../support/side-by-side.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { ActivemqLab, numbered, numbers, texts } from './activemq-lab.ts';

let addresses: StackAddresses;
let classic: ActivemqLab;
let artemis: ActivemqLab;
beforeAll(async () => {
  addresses = await stackAddresses();
  classic = await ActivemqLab.open(addresses.activemq);
  artemis = await ActivemqLab.open(addresses.artemis);
});
afterAll(async () => {
  await classic[Symbol.asyncDispose]();
  await artemis[Symbol.asyncDispose]();
});

/** An address where nobody listens any more. */
async function nobody(): Promise<string> {
  await using proxy = await TcpProxy.start();
  return `amqp://${proxy.address}`;
}

const pem = (file: string) => readFile(file, 'utf8');

describe('a connection that is encrypted', () => {
  it('carries a run on Classic, with name and password', async () => {
    const ca = await pem(addresses.activemqCaFile);
    const { activemqTls: url, activemqUsername: username, activemqPassword: password } = addresses;
    const queue = await classic.queue(300);
    const { records } = await classic.run({ url, username, password, tls: { ca }, queues: [queue] });
    expect(texts(records)).toEqual(numbers(300));
  });

  it('carries a run on Artemis, with the name that a certificate proves', async () => {
    const [ca, cert, key] = await Promise.all([addresses.artemisCaFile, addresses.artemisCertFile, addresses.artemisKeyFile].map(pem));
    const queue = await artemis.queue(300);
    const options = { url: addresses.artemisTls, mechanism: 'EXTERNAL', tls: { ca, cert, key }, queues: [queue] };
    expect(await artemis.check(options)).toEqual([]);
    expect(texts((await artemis.run(options)).records)).toEqual(numbers(300));
  });

  it('is refused by a broker that takes no name from a certificate, as Classic: AUTH_FAILED', async () => {
    const [cert, key] = await Promise.all([addresses.artemisCertFile, addresses.artemisKeyFile].map(pem));
    const url = [addresses.activemq, addresses.activemqTls];
    const options = { url, mechanism: 'EXTERNAL', tls: { cert, key }, queues: ['open.any'] };
    const expected = { code: 'AUTH_FAILED', message: expect.stringContaining('does not offer this mechanism') };
    expect(await classic.check(options)).toMatchObject([expected]);
    await expect(classic.run(options)).rejects.toMatchObject({ ...expected, retriable: false });
  });

  it('is refused by a broker that does not trust the certificate of the client: TLS_FAILED', async () => {
    const [cert, key] = await Promise.all([addresses.artemisCertFile, addresses.artemisKeyFile].map(pem));
    const options = { url: addresses.activemqTls, tls: { ca: await pem(addresses.activemqCaFile), cert, key }, queues: ['open.any'] };
    expect(await classic.check(options)).toMatchObject([
      { code: 'TLS_FAILED', option: 'source.tls', message: expect.stringContaining('certificate of this client') },
    ]);
  });

  it('is not made where the certificate is of an unknown authority: TLS_FAILED', async () => {
    const options = { url: addresses.activemqTls, tls: {}, queues: ['open.any'] };
    await expect(classic.run(options)).rejects.toMatchObject({ code: 'TLS_FAILED', retriable: false });
  });
});

describe('of several brokers', () => {
  it('the first that can be reached is taken', async () => {
    const queue = await classic.queue(10);
    const { records } = await classic.run({ url: [await nobody(), addresses.activemq], queues: [queue] });
    expect(texts(records)).toEqual(numbers(10));
  });

  it('another one is taken by the run after one in which the first was lost', async () => {
    await using proxy = await TcpProxy.start(new URL(addresses.activemq).host);
    const queue = await classic.queue(20);
    const options = { url: [`amqp://${proxy.address}`, addresses.activemq], queues: [queue] };
    await classic.run(options);
    await classic.broker.send({ name: queue }, numbered(5));
    await proxy[Symbol.asyncDispose]();
    expect(texts((await classic.run(options)).records)).toEqual(numbers(5));
  });

  it('none is tried any more after one has refused the password', async () => {
    const url = [addresses.activemq, await nobody()];
    const options = { url, username: addresses.activemqUsername, password: 'wrong', queues: ['open.any'] };
    await expect(classic.run(options)).rejects.toMatchObject({ code: 'AUTH_FAILED', retriable: false });
  });

  it('the last one is named where none can be reached', async () => {
    const url = [await nobody(), await nobody()];
    await expect(classic.run({ url, queues: ['open.any'] })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringContaining(url[1] as string),
    });
  });
});

/** Several pieces on the way, and less than one frame. */
const MESSAGE_BYTES = 4_000_000;
const silent = {
  code: 'UNREACHABLE',
  retriable: true,
  message: expect.stringContaining('and this client have not heard from each other for too long'),
};

/** The least that can be set. */
const IDLE_MS = 2_000;
/** What the last try has on a busy machine, where heartbeats are late. */
const MOST_IDLE_MS = 4 * IDLE_MS;
const LIMIT_MS = 300_000;

/** Does it once, and again with twice the time where it fails. The last try throws. */
async function patiently(use: (idleMs: number) => Promise<void>): Promise<void> {
  for (let idleMs = IDLE_MS; ; idleMs *= 2) {
    try {
      return await use(idleMs);
    } catch (error) {
      if (idleMs >= MOST_IDLE_MS) throw error;
    }
  }
}

/** Stands still as while it computes, and leaves the processor to others. */
function blockThisProcess(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// To both at once: the cases wait most of the time.
describe('connections to Classic and to Artemis that may be silent for two seconds', () => {
  const labs = () => [classic, artemis];
  const toBoth = (use: (lab: ActivemqLab, idleMs: number) => Promise<void>) =>
    Promise.all(labs().map((lab) => patiently((idleMs) => use(lab, idleMs))));

  const openConnection = async (lab: ActivemqLab, idleTimeoutMs: number, url = lab.url) => {
    const config = lab.config({ url, idleTimeoutMs, queues: ['any'] });
    const connection = await AmqpConnection.open(config, 'source', parseUrls(config.url, 'source'), uniqueName('idle'));
    return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
  };

  it('stay where this process was busy for longer: heartbeats are there, and not yet read', async () => {
    await patiently(async (idleMs) => {
      await using first = await openConnection(classic, idleMs);
      await using second = await openConnection(artemis, idleMs);
      for (let round = 0; round < 2; round += 1) {
        blockThisProcess(2 * idleMs);
        await sleep(idleMs / 4);
        expect([first.failure, second.failure]).toEqual([undefined, undefined]);
      }
    });
  });

  sideBySide(
    [
      {
        name: 'are opened to the next broker where one swallows everything',
        run: async () => {
          await using silent = await TcpProxy.start(new URL(addresses.activemq).host);
          silent.set({ swallow: true });
          const queue = await classic.queue(10);
          const url = [`amqp://${silent.address}`, addresses.activemq];
          expect(texts((await classic.run({ url, connectTimeoutMs: 10_000, queues: [queue] })).records)).toEqual(numbers(10));
        },
      },
      {
        name: 'stay where they are paused for longer, as by a slow target',
        run: async () => {
          await toBoth(async (lab, idleMs) => {
            await using connection = await openConnection(lab, idleMs);
            connection.pause();
            await sleep(2 * idleMs);
            expect(connection.failure).toBeUndefined();
            connection.resume();
            await sleep(2 * idleMs);
            expect(connection.failure).toBeUndefined();
          });
        },
      },
      {
        name: 'are given up where nothing comes for longer: UNREACHABLE, and it says why',
        run: async () => {
          await toBoth(async (lab, idleMs) => {
            await using proxy = await TcpProxy.start(new URL(lab.url).host);
            await using connection = await openConnection(lab, idleMs, `amqp://${proxy.address}`);
            const failed = new Promise<ConnectError>((resolve) => void connection.onFailure(resolve));
            proxy.set({ swallow: true });
            expect(await failed).toMatchObject(silent);
          });
        },
      },
      {
        name: 'are given up where nothing comes for longer in the middle of a message, too',
        run: async () => {
          await toBoth(async (lab, idleMs) => {
            await using proxy = await TcpProxy.start(new URL(lab.url).host);
            await using connection = await openConnection(lab, idleMs, `amqp://${proxy.address}`);
            const failed = new Promise<ConnectError>((resolve) => void connection.onFailure(resolve));
            const queue = uniqueName('cut');
            await lab.broker.send({ name: queue }, [{ body: 'x'.repeat(MESSAGE_BYTES) }]);
            const receiver = connection.connection.open_receiver({
              source: { address: connection.addressOf('queue', queue), capabilities: ['queue'] },
              credit_window: 0,
            });
            await once(receiver, 'receiver_open');
            const socket = innerConnection(connection.connection).socket as Socket;
            const before = socket.bytesRead;
            proxy.set({ bytesPerSecond: MESSAGE_BYTES / 5 }, 'answer');
            receiver.add_credit(1);
            while (socket.bytesRead < before + MESSAGE_BYTES / 100) await sleep(5);
            proxy.set({ swallow: true });
            expect(socket.bytesRead).toBeLessThan(before + MESSAGE_BYTES);
            expect(await failed).toMatchObject(silent);
          });
        },
      },
    ],
    LIMIT_MS,
  );
});
