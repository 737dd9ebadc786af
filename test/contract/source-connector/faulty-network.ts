import { TcpProxy } from '../../support/tcp-proxy.ts';
import type { OwnLab, SourceHarness } from '../harness/source-harness.ts';
import { Workbench } from './workbench.ts';

/** A network that fails on demand, before the source of a workbench. */
export interface FaultyNetwork {
  readonly bench: Workbench<OwnLab>;
  readonly proxy: TcpProxy;
}

/** Several of them before one server that nothing else uses. */
export class FaultyNetworks implements AsyncDisposable {
  readonly #bench: Workbench<OwnLab>;
  readonly #proxies: readonly TcpProxy[];
  readonly #unused: TcpProxy[];

  private constructor(bench: Workbench<OwnLab>, proxies: readonly TcpProxy[]) {
    this.#bench = bench;
    this.#proxies = proxies;
    this.#unused = [...proxies];
  }

  static async open(harness: SourceHarness, count: number): Promise<FaultyNetworks> {
    const proxies = await Promise.all(Array.from({ length: count }, () => TcpProxy.start()));
    try {
      const lab = await harness.openOwn(proxies.map(({ address }) => address));
      for (const proxy of proxies) proxy.target = lab.addressBehind(proxy.address);
      return new FaultyNetworks(await Workbench.open(harness, lab), proxies);
    } catch (error) {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** One that was not taken before. */
  take(): FaultyNetwork {
    const proxy = this.#unused.pop();
    if (proxy === undefined) throw new Error('more networks were asked for than were opened');
    return { bench: this.#bench, proxy };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench[Symbol.asyncDispose]();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
  }
}
