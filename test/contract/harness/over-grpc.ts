import type { ProxyMode } from '../../support/grpc-proxy.ts';
import type { SourceHarness } from './source-harness.ts';

/** The same source, whose tasks write over gRPC to a proxy in this mode. */
export const overGrpc = (harness: SourceHarness, mode: ProxyMode): SourceHarness => ({
  ...harness,
  overGrpc: mode,
  killedInProducerOnly: true,
});

/** The same source, whose tasks write over gRPC to topics of type FIFO. */
export const toFifo = (harness: SourceHarness): SourceHarness => ({ ...overGrpc(harness, 'local'), toFifo: true });
