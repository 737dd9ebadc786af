import type { GrpcTopics, SourceHarness } from './source-harness.ts';

/** The same source, whose tasks write over gRPC to topics of this message type. */
export const overGrpc = (harness: SourceHarness, grpcTopics: GrpcTopics): SourceHarness => ({ ...harness, grpcTopics });
