import { setTimeout as sleep } from 'node:timers/promises';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode, responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import { dispatched } from './dispatched.ts';
import { type GroupPlace, groupPlaces } from './group-places.ts';
import { adminCode, RefusedRequest, RemotingServer } from './remoting-server.ts';
import { type QueueRange, queueRange, readQueue } from './topic-reader.ts';

export type MessageType = 'NORMAL' | 'FIFO' | 'DELAY' | 'TRANSACTION' | 'MIXED';

export interface TopicOptions {
  /** The default is 8. */
  readonly queues?: number;
  /** The default is NORMAL. */
  readonly messageType?: MessageType;
  /** The default is both. */
  readonly permission?: 'read' | 'write' | 'both';
  /** BatchCQ stores each batch as one message. The default is the broker's, SimpleCQ. A broker refuses to be told the type of a topic again. */
  readonly queueType?: 'SimpleCQ' | 'BatchCQ';
}

const ROUTED_LIMIT_MS = 180_000;
const PERMISSION = { read: 4, write: 2, both: 6 } as const;
/** Every broker has this topic, which is named after the cluster. */
const CLUSTER_TOPIC = 'DefaultCluster';

interface Route {
  readonly brokerDatas: ReadonlyArray<{ readonly brokerName: string; readonly brokerAddrs: Readonly<Record<string, string>> }>;
  readonly queueDatas: ReadonlyArray<{ readonly brokerName: string; readonly readQueueNums: number; readonly perm: number }>;
}

/**
 * Manages and reads topics of a RocketMQ with one broker, in its remoting protocol. A call takes milliseconds, while the `mqadmin` tool
 * takes seconds. It continues after a restart of the broker. Rejects with RefusedRequest if a server refuses.
 */
export class RocketmqAdmin {
  readonly #client: RemotingClient;
  readonly #namesrv: RemotingServer;
  readonly #broker: RemotingServer;

  private constructor(client: RemotingClient, namesrv: RemotingServer, broker: RemotingServer) {
    this.#client = client;
    this.#namesrv = namesrv;
    this.#broker = broker;
  }

  /** Finds the broker through the name server at `host:port`, and waits for one that has not registered there yet. */
  static async open(address: string): Promise<RocketmqAdmin> {
    const client = new RemotingClient({});
    try {
      const namesrv = new RemotingServer(client, address);
      const { brokerDatas } = await registered(namesrv);
      const master = brokerDatas[0]?.brokerAddrs['0'];
      if (master === undefined || brokerDatas.length !== 1)
        throw new Error(`${address} knows ${brokerDatas.length} brokers, but this needs exactly one`);
      return new RocketmqAdmin(client, namesrv, new RemotingServer(client, master));
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Makes the topic, or changes it to these settings. Returns when the name server routes it. */
  async createTopic(topic: string, options: TopicOptions = {}): Promise<void> {
    const { queues = 8, messageType = 'NORMAL', permission = 'both', queueType } = options;
    await this.#broker.request(adminCode.UPDATE_AND_CREATE_TOPIC, {
      topic,
      defaultTopic: CLUSTER_TOPIC,
      readQueueNums: queues,
      writeQueueNums: queues,
      perm: PERMISSION[permission],
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: 0,
      order: false,
      attributes: `+message.type=${messageType}${queueType === undefined ? '' : `,+queue.type=${queueType}`}`,
    });
    for (const deadline = Date.now() + ROUTED_LIMIT_MS; ; await sleep(20)) {
      const routed = await this.#routed(topic);
      if (routed?.readQueueNums === queues && routed.perm === PERMISSION[permission]) return;
      if (Date.now() > deadline) throw new Error(`the name server does not route topic ${topic} to ${queues} queues (${permission})`);
    }
  }

  /** Changes options of the broker, by their names in its configuration file, until its next start. */
  async configureBroker(options: Readonly<Record<string, string | number>>): Promise<void> {
    const text = Object.entries(options).map(([name, value]) => `${name}=${value}\n`);
    await this.#broker.request(adminCode.UPDATE_BROKER_CONFIG, {}, Buffer.from(text.join('')));
  }

  /** Removes the topic with its messages. Does nothing if there is none. The proxy forgets its route a second later. */
  async deleteTopic(topic: string): Promise<void> {
    await this.#broker.request(adminCode.DELETE_TOPIC_IN_BROKER, { topic });
    await this.#namesrv.request(adminCode.DELETE_TOPIC_IN_NAMESRV, { topic });
  }

  /** Makes a consumer group that may retry 16 times. `orderly`: its consumers get the messages of a queue one after the other. */
  async createGroup(group: string, { orderly = false } = {}): Promise<void> {
    await this.#broker.request(
      adminCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
      {},
      Buffer.from(JSON.stringify({ groupName: group, retryMaxTimes: 16, consumeMessageOrderly: orderly })),
    );
  }

  /** Says where a consumer group is, by queue, as `mqadmin consumerProgress` asks for it. */
  async groupOffsets(group: string, topic: string): Promise<GroupPlace[]> {
    const { body } = await this.#broker.request(adminCode.GET_CONSUME_STATS, { consumerGroup: group, topic });
    return groupPlaces(body);
  }

  /** Sets the offset of a consumer group in one queue, as `mqadmin resetOffsetByQueue` does. */
  async resetOffset(group: string, topic: string, queue: number, offset: number): Promise<void> {
    await this.#broker.request(adminCode.RESET_OFFSET, { topic, group, queueId: queue, timestamp: -1, offset, isForce: true });
  }

  /** Resolves when readers see everything that was acknowledged before the call. */
  dispatched(): Promise<void> {
    return dispatched(this.#broker);
  }

  /** Returns the queues' offsets, with everything that was acknowledged before the call. Returns undefined if there is no such topic. */
  async topicStats(topic: string): Promise<QueueRange[] | undefined> {
    const queues = (await this.#routed(topic))?.readQueueNums;
    if (queues === undefined) return undefined;
    await this.dispatched();
    return Promise.all(Array.from({ length: queues }, (_, queue) => queueRange(this.#broker, topic, queue)));
  }

  /**
   * Yields what the queue holds now, oldest first, in chunks. `range` limits it to offsets from `from` up to and without `to`, and the pulls in
   * flight to `window`.
   */
  async *readQueue(
    topic: string,
    queue: number,
    range: { readonly from?: number; readonly to?: number; readonly window?: number } = {},
  ): AsyncGenerator<readonly StoredMessage[]> {
    await this.dispatched();
    const { min, max } = await queueRange(this.#broker, topic, queue);
    yield* readQueue(this.#broker, topic, queue, Math.max(min, range.from ?? 0), Math.min(max, range.to ?? max), range);
  }

  /** Returns everything that the topic holds now, by queue. It keeps it all in memory, so it is for tests. */
  async readTopic(topic: string): Promise<StoredMessage[][]> {
    const queues = (await this.topicStats(topic)) ?? [];
    return Promise.all(
      queues.map(async ({ queue, min, max }) => {
        const messages: StoredMessage[] = [];
        for await (const chunk of readQueue(this.#broker, topic, queue, min, max)) messages.push(...chunk);
        return messages;
      }),
    );
  }

  close(): void {
    this.#client.close();
  }

  async #routed(topic: string): Promise<Route['queueDatas'][number] | undefined> {
    try {
      return (await route(this.#namesrv, topic)).queueDatas[0];
    } catch (error) {
      if (error instanceof RefusedRequest && error.code === responseCode.TOPIC_NOT_EXIST) return undefined;
      throw error;
    }
  }
}

/** Waits until the name server knows a broker: one that was away, or stood still, registers again after a while. */
async function registered(namesrv: RemotingServer): Promise<Route> {
  for (const deadline = Date.now() + ROUTED_LIMIT_MS; ; await sleep(100)) {
    try {
      return await route(namesrv, CLUSTER_TOPIC);
    } catch (error) {
      const isAway = error instanceof RefusedRequest && error.code === responseCode.TOPIC_NOT_EXIST;
      if (!isAway || Date.now() > deadline) throw error;
    }
  }
}

async function route(namesrv: RemotingServer, topic: string): Promise<Route> {
  const { body } = await namesrv.request(requestCode.GET_ROUTEINFO_BY_TOPIC, { topic, acceptStandardJsonOnly: true });
  return JSON.parse(body.toString('utf8')) as Route;
}
