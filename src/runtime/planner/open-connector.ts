import pMap from 'p-map';
import { ConnectError, type Connector, type Finding } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { messageFilter } from '../../config/message-filter.ts';
import { invisibleMsOf, isShared } from '../../config/shared-delivery.ts';
import { patience } from '../../kit/index.ts';
import type { QueueBounds, RocketmqAccess } from '../../rocketmq/types.ts';
import { createConnector } from '../run/create-connector.ts';
import { sharedGroupOf } from '../sink/consumer-group.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { type ReadTopics, readTopics } from './read-topics.ts';
import { rarestSchedule } from './schedule-of.ts';

/** Each check opens a connection of its own. */
const TOPICS_CHECKED_AT_ONCE = 8;

/**
 * The last resort for a check that never ends. Connectors give up a silent system by themselves, and go on for as long as it answers.
 */
const CHECK_TIMEOUT_MS = 120_000;
/** The bound of a check of one topic of RocketMQ. */
const TOPIC_TIMEOUT_MS = 9_000;

/** Several findings as one error. The first one is its message, and all are attached. */
class CheckFailedError extends ConnectError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const [first] = findings as [Finding];
    super(first.code as ConnectError['code'], `${first.option}: ${first.message}`, { remedy: first.remedy });
    this.findings = findings;
  }
}

/** Makes the connector of a spec, with secrets resolved, for the time of `use`, which is given the topics that a sink reads. */
export async function withConnector<R>(
  spec: ConnectorSpec,
  deps: PlannerDeps,
  use: (connector: Connector, topics: ReadTopics) => Promise<R>,
): Promise<R> {
  const topics = await inTime(readTopics(spec, deps), 'rocketmq.endpoints: no answer', TOPIC_TIMEOUT_MS);
  const connector = await createConnector(spec, deps, {
    ...rarestSchedule(spec.trigger),
    ...(spec.direction === 'sink' && { topics: topics.names }),
    signal: AbortSignal.timeout(Math.max(1, deps.deadline() - Date.now())),
  });
  try {
    return await use(connector, topics);
  } finally {
    await connector.stop();
  }
}

/** A sink would read the dead letters that it writes. */
const OWN_DEAD_LETTERS: Finding = {
  level: 'error',
  code: 'CONFIG_INVALID',
  option: 'errors.deadLetterTopic',
  message: 'it is the topic that is read, so that each dead letter would be copied, refused and sent again',
  remedy: 'name another topic',
};

const followsNoReset = (positionsAreIn: string): Finding => ({
  level: 'error',
  code: 'CONFIG_INVALID',
  option: 'rocketmq.followResets',
  message: `the positions of this connector are in ${positionsAreIn} as well, and the later one counts, so that no reset moves it back`,
  remedy: 'remove it, or set sink.delivery to at-least-once',
});

/** What both ends are like. */
export interface BothEnds {
  readonly warnings: readonly Finding[];
  /** The queues that a sink reads; none for a source. */
  readonly queues: ReadonlyMap<string, QueueBounds>;
}

/** Reaches both ends. Throws CheckFailedError when there are errors. */
export async function checkBothEnds(spec: ConnectorSpec, connector: Connector, topics: ReadTopics, deps: PlannerDeps): Promise<BothEnds> {
  const { rocketmq } = await deps.resolveSecrets({ rocketmq: spec.rocketmq });
  const { deadLetterTopic } = spec.errors;
  let queues: BothEnds['queues'] = new Map();
  const checkQueues = async (): Promise<readonly Finding[]> => {
    const { checkQueues: check, checkShared } = await deps.loadQueueChecks();
    const sharing = { group: sharedGroupOf(spec.name, rocketmq), invisibleMs: invisibleMsOf(rocketmq), filter: messageFilter(rocketmq) };
    const found = isShared(spec)
      ? { findings: await checkShared(rocketmq, topics, sharing), queues }
      : await check(rocketmq, topics, messageFilter(rocketmq));
    queues = found.queues;
    const isOwn = topics.names.some((name) => name === deadLetterTopic);
    const { positionsAreIn } = connector;
    return [
      ...topics.findings,
      ...found.findings.map((each) => (each.option === 'rocketmq.topicsPattern' ? orLeftOut(each) : each)),
      ...(isOwn ? [OWN_DEAD_LETTERS] : []),
      ...(rocketmq.followResets === true && positionsAreIn !== undefined ? [followsNoReset(positionsAreIn)] : []),
    ];
  };
  const isSink = spec.direction === 'sink';
  const checkTopic = isSink ? checkQueues() : deps.checkTopic({ ...rocketmq, topic: rocketmq.topic as string }, deps.logger);
  const isOfMany = rocketmq.topicsPattern !== undefined && topics.names.length > 1;
  const topicsMs = topics.names.length > 1 ? CHECK_TIMEOUT_MS : TOPIC_TIMEOUT_MS;
  const checks: Promise<readonly Finding[]>[] = [
    inTime(connector.check(), `${spec.direction}: no answer from the system`).then((found) =>
      found.map((each) => (isOfMany && each.code === 'NOT_FOUND' ? orLeftOut(each) : each)),
    ),
    inTime(checkTopic, 'rocketmq.endpoints: no answer', topicsMs),
  ];
  if (deadLetterTopic !== undefined) {
    const about = aboutTopicOf('errors.deadLetterTopic');
    const check = deps.checkTopic({ ...rocketmq, topic: deadLetterTopic, plainOnly: true }, deps.logger).then(about);
    checks.push(inTime(check, 'rocketmq.endpoints: no answer', TOPIC_TIMEOUT_MS));
  }
  const findings = (await Promise.all(checks)).flat();
  // Where the system can't be reached, there is nothing to learn about topics.
  if (!findings.some(({ level }) => level === 'error')) findings.push(...(await checkRecordTopics(connector, rocketmq, deps)));
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new CheckFailedError(errors);
  return { warnings: findings, queues };
}

/** A pattern may select a topic that nobody meant, or one for which the target has no place. */
const orLeftOut = (found: Finding): Finding => ({
  ...found,
  remedy: `${found.remedy}; or leave the RocketMQ topic out by rocketmq.excludeTopicsPattern`,
});

/** Checks the topics that records name. Returns a finding for each that can't be written. */
async function checkRecordTopics(connector: Connector, rocketmq: RocketmqAccess, deps: PlannerDeps): Promise<Finding[]> {
  if (connector.topics === undefined) return [];
  const { names, option } = await inTime(connector.topics(), 'source: no answer from the system');
  const check = (topic: string) =>
    inTime(deps.checkTopic({ ...rocketmq, topic }, deps.logger), 'rocketmq.endpoints: no answer', TOPIC_TIMEOUT_MS).then(
      aboutTopicOf(option),
    );
  return (await pMap(names, check, { concurrency: TOPICS_CHECKED_AT_ONCE })).flat();
}

/** Keeps findings about the topic, now about the option that names it. The first check has found anything else. */
const aboutTopicOf =
  (option: string) =>
  (findings: Finding[]): Finding[] =>
    findings.filter((finding) => finding.option === 'rocketmq.topic').map((finding) => ({ ...finding, option }));

async function inTime<R>(work: Promise<R>, message: string, timeoutMs = CHECK_TIMEOUT_MS): Promise<R> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const end = patience(timeoutMs, () => {
    const remedy = 'check the address and the network';
    reject(new ConnectError('TIMEOUT', `${message} in ${timeoutMs} ms`, { retriable: true, remedy }));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    end();
  }
}
