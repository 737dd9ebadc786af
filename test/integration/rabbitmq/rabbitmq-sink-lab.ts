import { rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import type { ConnectorContext, FailedRecord, Finding, SinkRecord } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { rabbitmqSink } from '../../../src/connectors/rabbitmq/index.ts';
import { type RabbitmqSinkConfig, rabbitmqSinkConfig } from '../../../src/connectors/rabbitmq/sink/config.ts';
import { RabbitmqSinkTask } from '../../../src/connectors/rabbitmq/sink/sink.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { started, writtenBy } from '../../support/sink/batches.ts';

const PATIENT = { connectTimeoutMs: 30_000, heartbeatMs: 60_000, confirmTimeoutMs: 120_000 };

/** Sinks of one RabbitMQ, as the runtime runs them. */
export class RabbitmqSinkLab implements AsyncDisposable {
  readonly url: string;
  readonly clients = new WarmClients();

  constructor(url: string) {
    this.url = url;
  }

  config(options: object): RabbitmqSinkConfig {
    return rabbitmqSinkConfig.parse({ ...rabbitmqOptions(this.url), ...PATIENT, ...options });
  }

  check(options: object, rest: Partial<ConnectorContext> = {}): Promise<Finding[]> {
    const signal = new AbortController().signal;
    const context = { connector: 'lab', logger: silentLogger, clients: this.clients, signal, topics: ['orders'], ...rest };
    return rabbitmqSink.create(this.config(options), context).check();
  }

  task(options: object): Promise<RabbitmqSinkTask> {
    return started(RabbitmqSinkTask, { config: this.config(options), clients: this.clients });
  }

  written(options: object, records: readonly SinkRecord[]): Promise<readonly FailedRecord[]> {
    return writtenBy(this.task(options), records);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clients.close();
  }
}
