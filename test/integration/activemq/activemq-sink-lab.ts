import { type ConnectorContext, type FailedRecord, type Finding, type SinkRecord, silentLogger } from '../../../src/api/index.ts';
import { activemqSink } from '../../../src/connectors/activemq/index.ts';
import { type ActivemqSinkConfig, activemqSinkConfig } from '../../../src/connectors/activemq/sink/config.ts';
import { ActivemqSinkTask } from '../../../src/connectors/activemq/sink/sink.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { started, writtenBy } from '../../support/sink/batches.ts';

const PATIENT = { connectTimeoutMs: 30_000, idleTimeoutMs: 120_000, confirmTimeoutMs: 120_000 };

/** Sinks of one broker, as the runtime runs them. `await using`. */
export class ActivemqSinkLab implements AsyncDisposable {
  readonly url: string;
  readonly clients = new WarmClients();

  constructor(url: string) {
    this.url = url;
  }

  config(options: object): ActivemqSinkConfig {
    return activemqSinkConfig.parse({ url: this.url, ...PATIENT, ...options });
  }

  check(options: object, rest: Partial<ConnectorContext> = {}): Promise<Finding[]> {
    const signal = new AbortController().signal;
    const context = { connector: 'lab', logger: silentLogger, clients: this.clients, signal, topics: ['orders'], ...rest };
    return activemqSink.create(this.config(options), context).check();
  }

  task(options: object): Promise<ActivemqSinkTask> {
    return started(ActivemqSinkTask, { config: this.config(options), clients: this.clients });
  }

  written(options: object, records: readonly SinkRecord[]): Promise<readonly FailedRecord[]> {
    return writtenBy(this.task(options), records);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clients.close();
  }
}
