import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import type { RocketmqAdmin, TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { RocketmqSpec } from '../../../src/config/connector-spec.ts';
import type { GrpcTopics } from '../harness/source-harness.ts';

/** The topics of a workbench, and how its connectors reach them. A change of a topic is over once it shows there. */
export class BenchTopics {
  readonly #admin: RocketmqAdmin;
  readonly #addresses: StackAddresses;
  readonly #grpc: GrpcTopics | undefined;

  constructor(admin: RocketmqAdmin, addresses: StackAddresses, grpcTopics: GrpcTopics | undefined) {
    this.#admin = admin;
    this.#addresses = addresses;
    this.#grpc = grpcTopics;
  }

  /** What a connector says of its way. */
  get rocketmq(): Partial<RocketmqSpec> & Pick<RocketmqSpec, 'endpoints'> {
    const { rocketmqNamesrv, rocketmqGrpc } = this.#addresses;
    if (this.#grpc === undefined) return { endpoints: rocketmqNamesrv };
    return { endpoints: rocketmqGrpc, protocol: 'grpc', ...(this.#grpc === 'NORMAL' && { order: 'none' }) };
  }

  /** Makes the topic of a connector. Default: 8 queues. */
  async create(topic: string, { queues = 8 }: Pick<TopicOptions, 'queues'> = {}): Promise<void> {
    await this.#admin.createTopic(topic, { queues, ...(this.#grpc !== undefined && { messageType: this.#grpc }) });
    if (this.#grpc !== undefined) await proxyRoutes(this.#addresses.rocketmqGrpc, topic, queues);
  }

  async delete(topic: string): Promise<void> {
    await this.#admin.deleteTopic(topic);
    if (this.#grpc !== undefined) await proxyRoutes(this.#addresses.rocketmqGrpc, topic, 0);
  }
}
