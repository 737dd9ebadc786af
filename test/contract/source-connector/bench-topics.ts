import { proxyShows } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import type { RocketmqAdmin, TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { RocketmqSpec } from '../../../src/config/connector-spec.ts';
import { grpcProxy, type ProxyMode } from '../../support/grpc-proxy.ts';
import { openGrpcWay, type RefusingWay, RocketmqWay } from '../../support/rocketmq-way.ts';
import type { SourceHarness } from '../harness/source-harness.ts';

/** The topics of a workbench, and the way that its connectors take to them. A change of a topic is over once that way shows it. */
export class BenchTopics {
  readonly #admin: RocketmqAdmin;
  readonly #addresses: StackAddresses;
  readonly #grpc: ProxyMode | undefined;
  readonly #type: Pick<TopicOptions, 'messageType'>;

  constructor(admin: RocketmqAdmin, addresses: StackAddresses, { overGrpc, toFifo }: Pick<SourceHarness, 'overGrpc' | 'toFifo'>) {
    this.#admin = admin;
    this.#addresses = addresses;
    this.#grpc = overGrpc;
    this.#type = toFifo ? { messageType: 'FIFO' } : {};
  }

  /** What a connector says of its way. */
  get rocketmq(): Partial<RocketmqSpec> & Pick<RocketmqSpec, 'endpoints'> {
    if (this.#grpc === undefined) return { endpoints: this.#addresses.rocketmqNamesrv };
    return {
      endpoints: grpcProxy(this.#addresses, this.#grpc),
      protocol: 'grpc',
      ...(this.#type.messageType === undefined && { order: 'none' }),
    };
  }

  /** Makes a topic, or changes it. Default: 8 queues that may be read and written. */
  async create(topic: string, options: Pick<TopicOptions, 'queues' | 'permission'> = {}): Promise<void> {
    const { queues = 8, permission } = options;
    await this.#admin.createTopic(topic, { ...options, ...this.#type });
    await this.#shown(topic, { queues, isWritable: permission !== 'read' });
  }

  async delete(topic: string): Promise<void> {
    await this.#admin.deleteTopic(topic);
    await this.#shown(topic, { queues: 0 });
  }

  /** Opens a way that fails on demand. */
  async openWay(): Promise<RefusingWay> {
    if (this.#grpc === undefined) return RocketmqWay.open(this.#addresses);
    const set = async (topic: string, permission: 'read' | 'both') => {
      const queues = (await this.#admin.topicStats(topic)) ?? [];
      await this.create(topic, { queues: queues.length, permission });
    };
    const way = await openGrpcWay(grpcProxy(this.#addresses, this.#grpc));
    return { ...way, forbid: (topic) => set(topic, 'read'), permit: (topic) => set(topic, 'both') };
  }

  /** A proxy lags behind the name server. */
  async #shown(topic: string, wanted: Parameters<typeof proxyShows>[2]): Promise<void> {
    if (this.#grpc !== undefined) await proxyShows(grpcProxy(this.#addresses, this.#grpc), topic, wanted);
  }
}
