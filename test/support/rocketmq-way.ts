import type { StackAddresses } from '../../infra/local/stack.ts';
import { responseCode } from '../../src/rocketmq/remoting/codes.ts';
import { RocketmqFront } from './rocketmq-front.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A way to RocketMQ through a network that fails. Each case has its own. */
export interface Way extends AsyncDisposable {
  /** What a configuration names as its endpoints. */
  readonly address: string;
  readonly proxy: TcpProxy;
}

/** Opens a way to a proxy's gRPC port. Only in cluster mode a proxy sends its clients back through the network by which they came. */
export async function openGrpcWay(endpoints: string): Promise<Way> {
  const proxy = await TcpProxy.start(endpoints);
  return { address: proxy.address, proxy, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}

/** A way on which RocketMQ refuses on demand. */
export interface RefusingWay extends Way {
  /** From now on the topic may not be written; resolves when that holds. */
  forbid(topic: string): Promise<void>;
  /** The topic may be written again. */
  permit(topic: string): Promise<void>;
}

/** A way to RocketMQ's broker, in its remoting protocol. The broker refuses on demand. */
export class RocketmqWay implements RefusingWay {
  readonly front: RocketmqFront;
  readonly proxy: TcpProxy;

  private constructor(front: RocketmqFront, proxy: TcpProxy) {
    this.front = front;
    this.proxy = proxy;
  }

  static async open({ rocketmqNamesrv, rocketmqBroker }: StackAddresses): Promise<RocketmqWay> {
    const front = await RocketmqFront.start(rocketmqNamesrv, rocketmqBroker);
    const proxy = await TcpProxy.start(front.address);
    front.brokerAddress = proxy.address;
    return new RocketmqWay(front, proxy);
  }

  get address(): string {
    return this.front.address;
  }

  async forbid(): Promise<void> {
    this.front.refuse = () => responseCode.NO_PERMISSION;
  }

  async permit(): Promise<void> {
    this.front.refuse = () => undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.front[Symbol.asyncDispose]();
  }
}
