import { ConnectError, toConnectError } from '../../api/index.ts';
import type { RocketmqSpec } from '../../config/connector-spec.ts';
import { didYouMean } from '../../kit/index.ts';
import type { PeekRequest, PeekResult } from '../../rocketmq/types.ts';
import type { ConnectorItem } from '../../store/store.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { mustExist } from './status.ts';

const MAX_MESSAGES = 1_000;

export interface TopicRequest extends PeekRequest {
  /** The topic; default that of `connector`. */
  readonly topic?: string;
  /** The connector whose RocketMQ it is. Default: that of the connectors that write the topic, or else of all. */
  readonly connector?: string;
}

/** Shows messages of a topic with a connector's own access to RocketMQ. */
export async function peek({ topic, connector, ...request }: TopicRequest, deps: PlannerDeps): Promise<PeekResult> {
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > MAX_MESSAGES) {
    throw invalid(`limit: ${request.limit} is no number of messages`, `use 1 to ${MAX_MESSAGES}`);
  }
  const items = connector === undefined ? await deps.store.listConnectors() : [await mustExist(connector, deps)];
  const wanted = topic ?? (connector === undefined ? undefined : items[0]?.spec.rocketmq.topic);
  if (wanted === undefined) throw invalid('topic: none is named', 'name a topic, or a connector');
  const { rocketmq } = await deps.resolveSecrets({ rocketmq: accessTo(wanted, items) });
  try {
    return await deps.peekTopic({ ...rocketmq, topic: wanted }, request);
  } catch (thrown) {
    const error = toConnectError(thrown);
    const near = error.code === 'NOT_FOUND' ? didYouMean(wanted, items.flatMap(topicsOf)) : undefined;
    if (near === undefined) throw error;
    throw new ConnectError(error.code, error.message, { retriable: error.retriable, remedy: `did you mean ${near}?`, cause: error });
  }
}

/** Returns the only RocketMQ that the request can mean. */
function accessTo(topic: string, items: readonly ConnectorItem[]): RocketmqSpec {
  const writers = items.filter((item) => topicsOf(item).includes(topic));
  const candidates = new Map((writers.length > 0 ? writers : items).map(({ spec }) => [accessOf(spec.rocketmq), spec.rocketmq]));
  const [first, ...others] = candidates.values();
  if (first === undefined) {
    throw new ConnectError('NOT_FOUND', 'no connector is applied that knows a RocketMQ', { remedy: 'pass --endpoints host:9876' });
  }
  if (others.length > 0)
    throw invalid(`topic: ${topic} may be in ${candidates.size} RocketMQ clusters`, 'name a connector with --connector');
  return first;
}

const accessOf = ({ topic: _, tags: _tags, filter: _filter, reportOffsets: _report, ...access }: RocketmqSpec): string =>
  JSON.stringify(access);

const topicsOf = ({ spec }: ConnectorItem): string[] => [spec.rocketmq.topic, spec.errors.deadLetterTopic ?? []].flat();

const invalid = (message: string, remedy: string) => new ConnectError('CONFIG_INVALID', message, { remedy });
