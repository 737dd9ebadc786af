import type { StackAddresses } from '../../infra/local/stack.ts';
import { RocketmqFront } from './rocketmq-front.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A way to RocketMQ's broker: through a network that fails, to a broker that refuses on demand. Each case has its own. */
export class RocketmqWay implements AsyncDisposable {
  /** What a configuration names as its endpoints. */
  readonly address: string;
  readonly proxy: TcpProxy;
  readonly #front: RocketmqFront | undefined;

  private constructor(address: string, proxy: TcpProxy, front?: RocketmqFront) {
    this.address = address;
    this.proxy = proxy;
    this.#front = front;
  }

  static async open({ rocketmqNamesrv, rocketmqBroker }: StackAddresses): Promise<RocketmqWay> {
    const front = await RocketmqFront.start(rocketmqNamesrv, rocketmqBroker);
    const proxy = await TcpProxy.start(front.address);
    front.brokerAddress = proxy.address;
    return new RocketmqWay(front.address, proxy, front);
  }

  /** To the proxy's gRPC port. It has no front: what a test wants answered otherwise is up to a server that the test scripts. */
  static async openGrpc({ rocketmqGrpc }: StackAddresses): Promise<RocketmqWay> {
    const proxy = await TcpProxy.start(rocketmqGrpc);
    return new RocketmqWay(proxy.address, proxy);
  }

  get front(): RocketmqFront {
    if (this.#front === undefined) throw new Error('the way over gRPC has no front');
    return this.#front;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.#front?.[Symbol.asyncDispose]();
  }
}
