import '../../support/native-errors.ts';
import {
  type ConnectError,
  type ConnectorContext,
  type Finding,
  type SinkRecord,
  type SinkTask,
  silentLogger,
} from '../../../src/api/index.ts';
import { lambdaSink } from '../../../src/connectors/lambda/index.ts';
import { LambdaSinkTask } from '../../../src/connectors/lambda/sink.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { REGION } from '../../support/aws-rules/aws-request.ts';
import { type LambdaFunction, LambdaServer, useEnvironment } from '../../support/lambda/lambda-server.ts';
import { started } from '../../support/sink/batches.ts';

const MINUTE_MS = 60_000;

/** Functions, and a sink's task as the runtime runs it. `await using`. */
export class LambdaLab {
  readonly server: LambdaServer;
  readonly #clients = new WarmClients();
  readonly #environment: Disposable;

  private constructor(server: LambdaServer) {
    this.server = server;
    this.#environment = useEnvironment({ ...server.env, AWS_REGION: REGION });
  }

  static async open(functions: Readonly<Record<string, LambdaFunction>>): Promise<LambdaLab> {
    return new LambdaLab(await LambdaServer.start(functions));
  }

  #parts(options: object) {
    const config = lambdaSink.config.parse(options);
    const signal = new AbortController().signal;
    return { config, context: { connector: 'lab', logger: silentLogger, clients: this.#clients, signal } };
  }

  async task(options: object): Promise<SinkTask> {
    const { config, context } = this.#parts(options);
    const taskConfig = { partitions: [], options: { brokers: ['broker-a', 'broker-b'] } };
    return started(LambdaSinkTask, { ...context, config, taskConfig });
  }

  check(options: object, rest: Partial<ConnectorContext> = {}): Promise<Finding[]> {
    const { config, context } = this.#parts(options);
    return lambdaSink.create(config, { ...context, ...rest }).check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#environment[Symbol.dispose]();
    await this.#clients.close();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Hands the task a batch of one queue. */
export async function write(task: SinkTask, records: readonly SinkRecord[], deadline = Date.now() + MINUTE_MS): Promise<void> {
  const partition = records[0]?.partition as string;
  const { failed } = await task.write({
    lane: partition,
    partition,
    records,
    position: 'p',
    deadline,
    signal: new AbortController().signal,
  });
  if (failed !== undefined) throw new Error('this sink throws what it refuses');
}

/** As the runtime does under `errors.tolerance: dead-letter`: halves what is refused, and goes on behind it. Returns offset and reason of each. */
export async function writeAll(task: SinkTask, records: readonly SinkRecord[]): Promise<Array<[number, string]>> {
  try {
    await write(task, records);
    return [];
  } catch (thrown) {
    const { code, message } = thrown as ConnectError;
    if (code !== 'RECORD_REFUSED') throw thrown;
    if (records.length === 1) return [[records[0]?.offset as number, message]];
    const half = records.length >> 1;
    return [...(await writeAll(task, records.slice(0, half))), ...(await writeAll(task, records.slice(half)))];
  }
}

/** Records of these values, as they come from a queue of the RocketMQ topic `orders`. */
export const queued = (values: readonly string[], more: (offset: number) => Partial<SinkRecord> = () => ({}), queue = 0): SinkRecord[] =>
  values.map((value, offset) => ({
    topic: 'orders',
    partition: `orders:broker-a:${queue}`,
    offset,
    key: null,
    value: Buffer.from(value),
    headers: [],
    bornAt: 1_700_000_000_000 + offset,
    storedAt: Date.now(),
    ...more(offset),
  }));

export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
