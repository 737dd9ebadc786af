import { proxyShows } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import type { RocketmqAdmin, TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { RocketmqSpec } from '../../../src/config/connector-spec.ts';
import { RocketmqWay } from '../../support/rocketmq-way.ts';
import type { GrpcTopics } from '../harness/source-harness.ts';

/** The topics of a workbench, and the way that its connectors take to them. A change of a topic is over once that way shows it. */
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

  /** Makes the topic of a connector, or changes it. */
  create(topic: string, options: Pick<TopicOptions, 'queues' | 'permission'> = {}): Promise<void> {
    return this.#create(topic, { ...options, ...(this.#grpc !== undefined && { messageType: this.#grpc }) });
  }

  /** Makes a topic for dead letters, which is a plain one. */
  createForDeadLetters(topic: string): Promise<void> {
    return this.#create(topic, { queues: 2 });
  }

  async delete(topic: string): Promise<void> {
    await this.#admin.deleteTopic(topic);
    if (this.#grpc !== undefined) await proxyShows(this.#addresses.rocketmqGrpc, topic, { queues: 0 });
  }

  /** Opens a way that fails on demand. Over gRPC it has no front. */
  openWay(): Promise<RocketmqWay> {
    return this.#grpc === undefined ? RocketmqWay.open(this.#addresses) : RocketmqWay.openGrpc(this.#addresses);
  }

  async #create(topic: string, options: TopicOptions): Promise<void> {
    const { queues = 8, permission } = options;
    await this.#admin.createTopic(topic, options);
    if (this.#grpc !== undefined) {
      await proxyShows(this.#addresses.rocketmqGrpc, topic, { queues, isWritable: permission !== 'read' });
    }
  }
}
