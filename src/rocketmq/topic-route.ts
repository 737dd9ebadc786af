import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { askInTurn } from './ask-in-turn.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';

/** A queue of a topic. Its broker's address is looked up when it is used, because a broker may move. */
export interface TopicQueue {
  readonly broker: string;
  readonly id: number;
}

export interface TopicRoute {
  /** Writable queues, sorted by broker and id, so that every process numbers them alike. */
  readonly writable: readonly TopicQueue[];
  readonly readable: readonly TopicQueue[];
  /** The offsets of its queues are not the brokers' own: it is a static topic, mapped onto queues that may move. */
  readonly isMapped: boolean;
  /** The address of each broker's master. */
  readonly addresses: ReadonlyMap<string, string>;
}

interface RouteAnswer {
  readonly brokerDatas?: ReadonlyArray<{ brokerName: string; brokerAddrs: Readonly<Record<string, string>> }>;
  readonly queueDatas?: ReadonlyArray<{ brokerName: string; perm: number; readQueueNums: number; writeQueueNums: number }>;
  readonly topicQueueMappingByBroker?: Readonly<Record<string, unknown>> | null;
}

const PERM_READ = 4;
export const PERM_WRITE = 2;
const MASTER = '0';

/**
 * Asks the endpoints (`host:port`, separated by `;`) in turn where the topic's queues are. Throws ConnectError within
 * `timeoutMs`: NOT_FOUND for a topic that no running broker has, UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED, FORBIDDEN.
 */
export function findRoute(client: RemotingClient, endpoints: string, topic: string, timeoutMs: number): Promise<TopicRoute> {
  return askInTurn(endpoints, timeoutMs, (address, shareMs) => askRoute(client, address, topic, shareMs));
}

async function askRoute(client: RemotingClient, address: string, topic: string, timeoutMs: number): Promise<TopicRoute> {
  const fields = { topic, acceptStandardJsonOnly: 'true' };
  const answer = await client.request(address, { code: requestCode.GET_ROUTEINFO_BY_TOPIC, fields }, timeoutMs);
  if (answer.code !== responseCode.SUCCESS) throw new AnswerError(answer, { address, topic });
  return parseRoute(JSON.parse(answer.body.toString()) as RouteAnswer);
}

function parseRoute({ brokerDatas = [], queueDatas = [], topicQueueMappingByBroker }: RouteAnswer): TopicRoute {
  const addresses = new Map<string, string>();
  for (const { brokerName, brokerAddrs } of brokerDatas) {
    const master = brokerAddrs[MASTER];
    if (master !== undefined) addresses.set(brokerName, master);
  }
  const sorted = queueDatas.toSorted((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
  const queues = (permission: number, count: (data: (typeof sorted)[number]) => number): TopicQueue[] =>
    sorted
      .filter(({ perm }) => (perm & permission) !== 0)
      .flatMap((data) => Array.from({ length: count(data) }, (_, id) => ({ broker: data.brokerName, id })));
  return {
    writable: queues(PERM_WRITE, (data) => data.writeQueueNums),
    readable: queues(PERM_READ, (data) => data.readQueueNums),
    isMapped: Object.keys(topicQueueMappingByBroker ?? {}).length > 0,
    addresses,
  };
}

/** Returns the address of the master of `broker`. Throws a retriable UNREACHABLE while it is down. */
export function masterOf(route: TopicRoute, broker: string): string {
  const address = route.addresses.get(broker);
  if (address !== undefined) return address;
  throw new ConnectError('UNREACHABLE', `rocketmq.topic: broker ${broker}, which has queues of it, is not registered`, {
    retriable: true,
    remedy: 'start that broker, or take its queues out of the topic',
  });
}
