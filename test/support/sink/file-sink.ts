import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  ConnectError,
  type Connector,
  type ConnectorType,
  type ConnectRecord,
  type SinkBatch,
  type SinkTask,
  type SinkTaskContext,
  type TaskClass,
} from '../../../src/api/index.ts';
import { splitQueues } from '../../../src/kit/index.ts';

/** What the file sink refuses for good. */
export const REFUSED = Buffer.from('refused');

interface FileConfig {
  readonly path: string;
}

interface Line {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: ReadonlyArray<readonly [string, string | null]>;
  readonly timestamp?: number;
}

const connector: Connector = {
  taskClass: 'FileSinkTask',
  check: async () => [],
  taskConfigs: async (maxTasks, previous, _positions, queues) => splitQueues(maxTasks, previous, queues),
  stop: async () => {},
};

class FileSinkTask implements SinkTask {
  readonly #path: string;

  constructor({ config }: SinkTaskContext<FileConfig>) {
    this.#path = config.path;
  }

  async start() {
    return {};
  }

  /** What a file was given stays, also where the process is killed. */
  async write({ records }: SinkBatch): Promise<Awaited<ReturnType<SinkTask['write']>>> {
    if (records.some(({ value }) => value?.equals(REFUSED))) throw new ConnectError('RECORD_REFUSED', 'the file does not take it');
    appendFileSync(this.#path, records.map((record) => `${JSON.stringify(asLine(record))}\n`).join(''));
    return {};
  }

  async stop() {}
}

/** A sink that appends to a file: the runtime's own part of what a sink must do. */
export const fileSink = {
  connectorTypes: {
    'file-sink': async () => {
      const config = { safeParse: (data: unknown) => ({ success: true, data }), parse: (data: unknown) => data };
      return { type: 'file-sink', direction: 'sink', summary: 'a test', config, create: () => connector } as unknown as ConnectorType;
    },
  },
  taskClasses: { FileSinkTask: async (): Promise<TaskClass> => ({ direction: 'sink', create: FileSinkTask as never }) },
};

const asLine = ({ key, value, headers, timestamp }: ConnectRecord): Line => ({
  key: key?.toString('base64') ?? null,
  value: value?.toString('base64') ?? null,
  headers: headers.map((header) => [header.name, header.value?.toString('base64') ?? null] as const),
  ...(timestamp !== undefined && { timestamp: Number(timestamp) }),
});

export async function readFileSink(path: string): Promise<ConnectRecord[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { key, value, headers, timestamp } = JSON.parse(line) as Line;
    const read = { key: bytes(key), value: bytes(value), headers: headers.map(([name, header]) => ({ name, value: bytes(header) })) };
    return { ...read, ...(timestamp !== undefined && { timestamp }) };
  });
}
