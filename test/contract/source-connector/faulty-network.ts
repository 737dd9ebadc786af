import { TcpProxy } from '../../support/tcp-proxy.ts';
import type { OwnLab, SourceHarness } from '../harness/source-harness.ts';
import { Workbench } from './workbench.ts';

/** A workbench whose source is a server of its own, behind a network that fails on demand. */
export class FaultyNetwork implements AsyncDisposable {
  readonly bench: Workbench<OwnLab>;
  readonly proxy: TcpProxy;

  private constructor(bench: Workbench<OwnLab>, proxy: TcpProxy) {
    this.bench = bench;
    this.proxy = proxy;
  }

  static async open(harness: SourceHarness): Promise<FaultyNetwork> {
    const proxy = await TcpProxy.start();
    const lab = await harness.openOwn(proxy.address);
    proxy.target = lab.address;
    return new FaultyNetwork(await Workbench.open(harness, lab), proxy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bench[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }
}
