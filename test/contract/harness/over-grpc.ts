import type { OverGrpc, SourceHarness } from './source-harness.ts';

/** The same source, whose tasks write over gRPC. */
export const overGrpc = (harness: SourceHarness, way: OverGrpc): SourceHarness => ({
  ...harness,
  overGrpc: way,
  killedInProducerOnly: true,
});
