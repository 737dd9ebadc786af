import type { StackAddresses } from '../../infra/local/stack.ts';
import { RocketmqFront } from './rocketmq-front.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A way to RocketMQ's broker: through a network that fails, to a broker that refuses on demand. Each case has its own. */
export class RocketmqWay implements AsyncDisposable {
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.front[Symbol.asyncDispose]();
  }
}
