import type { Issue } from './issue.ts';

/** The part of a sink's connector file that says how messages reach it. A missing part is not known. */
interface SinkFile {
  readonly sink?: { readonly delivery?: string };
  readonly rocketmq: {
    readonly protocol?: string;
    readonly group?: string;
    readonly invisibleTimeMs?: number;
    readonly topicsPattern?: string;
    readonly followResets?: boolean;
  };
  readonly errors: { readonly parkKeys?: boolean };
}

const TO_POSITIONS = 'remove it, or set rocketmq.protocol to remoting and remove sink.delivery: shared';

/** The rules over several sections of a sink: how its messages come to it, and what goes with that. */
export function refineDelivery({ sink, rocketmq, errors }: SinkFile, issue: Issue): void {
  const { protocol, group, invisibleTimeMs, topicsPattern, followResets } = rocketmq;
  if (sink?.delivery !== 'shared') {
    if (protocol === 'grpc') {
      const remedy = 'set sink.delivery to shared, or rocketmq.protocol to remoting with the address of a name server';
      issue(['sink', 'delivery'], 'RocketMQ reads no queue by its offsets over gRPC, so that a sink can keep no positions there', remedy);
    }
    const shared = { group, invisibleTimeMs };
    for (const [name, value] of Object.entries(shared)) {
      if (value !== undefined) issue(['rocketmq', name], 'has no effect unless sink.delivery is shared', 'remove it');
    }
    return;
  }
  if (protocol !== 'grpc') {
    const remedy = "set it to grpc and rocketmq.endpoints to a proxy's gRPC port (8081), or sink.delivery to at-least-once";
    issue(
      ['rocketmq', 'protocol'],
      'sink.delivery: shared needs grpc: over the remoting protocol each queue is read by its offsets',
      remedy,
    );
  }
  if (topicsPattern !== undefined) {
    issue(['rocketmq', 'topicsPattern'], 'RocketMQ lists no topics over gRPC', 'name the topics in rocketmq.topics');
  }
  if (followResets === true) {
    issue(
      ['rocketmq', 'followResets'],
      'has no effect while sink.delivery is shared: the group itself says where its queues go on',
      'remove it',
    );
  }
  if (errors.parkKeys === true) {
    const reason = 'does not go with sink.delivery: shared: tasks that share a queue do not know of each other which keys are parked';
    issue(['errors', 'parkKeys'], reason, TO_POSITIONS);
  }
}
