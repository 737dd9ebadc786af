import { afterAll, beforeAll, describe } from '@jest/globals';
import { itSideBySide } from '../../support/side-by-side.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { GrpcLab } from './grpc-producer-cases.ts';
import { sharedQueuesCases } from './shared-queues-cases.ts';
import { Topics } from './topics.ts';

/** Of all cases together, on a busy machine. */
const LIMIT_MS = 900_000;

describe('the messages of a group, over gRPC', () => {
  let lab: GrpcLab;
  beforeAll(async () => {
    lab = { topics: await Topics.open(), endpoints: (await stackAddresses()).rocketmqGrpc };
  });
  afterAll(() => lab.topics[Symbol.asyncDispose]());

  itSideBySide((it) => sharedQueuesCases(() => lab, it), LIMIT_MS);
});
