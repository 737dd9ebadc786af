import '../../support/native-errors.ts';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectRecord } from '../../../src/api/index.ts';
import { LambdaServer, useEnvironment } from '../../support/lambda/lambda-server.ts';
import type { SinkHarness, SinkTarget } from './sink-harness.ts';

/** As Kafka's events have it. */
interface Stored {
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly headers: ReadonlyArray<Readonly<Record<string, readonly number[]>>>;
}

/** The suite's own records have no such headers. */
const OWN_HEADER = /^rocketmq-/;

const none = async (): Promise<never> => {
  throw new Error('AWS knows who calls it: a connector file names no users');
};

/** A function that keeps what it gets, as the code of a user would. */
export const lambdaSinkHarness: SinkHarness = {
  type: 'lambda-sink',
  killedOutsideStoreOnly: true,
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'lambda-sink-'));
    const server = await LambdaServer.start({ append: { handler: 'append', env: { FOLDER: folder } } });
    const environment = useEnvironment(server.env);
    return {
      async create(topic): Promise<SinkTarget> {
        return {
          config: () => ({ function: 'append', region: 'eu-central-1' }),
          secured: none,
          wrong: none,
          read: () => recordsIn(join(folder, topic)),
          expected: (record) => ({
            ...record,
            headers: record.headers.map(({ name, value }) => ({ name, value: value ?? Buffer.alloc(0) })),
          }),
          refused: () => ({ key: null, value: Buffer.from('refused'), headers: [] }),
        };
      },
      async [Symbol.asyncDispose]() {
        environment[Symbol.dispose]();
        await server[Symbol.asyncDispose]();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

async function recordsIn(file: string): Promise<ConnectRecord[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { key, value, timestamp, headers } = JSON.parse(line) as Stored;
      const named = headers.flatMap((header) => Object.entries(header).map(([name, content]) => ({ name, value: Buffer.from(content) })));
      return { key: bytes(key), value: bytes(value), headers: named.filter(({ name }) => !OWN_HEADER.test(name)), timestamp };
    });
}
