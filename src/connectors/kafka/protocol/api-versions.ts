import {
  type apiVersionsV1,
  consumerGroupDescribeV0,
  describeConfigsV2,
  describeGroupsV5,
  fetchV11,
  fetchV12,
  fetchV13,
  fetchV17,
  findCoordinatorV3,
  listOffsetsV4,
  listOffsetsV7,
  metadataV8,
  metadataV10,
  metadataV12,
  offsetCommitV8,
} from '@platformatic/kafka';
import { ConnectError, type Direction } from '../../../api/index.ts';

/**
 * The versions of each request that this client speaks, newest first. Every broker since Kafka 2.4 speaks one of each; the
 * versions between them change nothing that matters here.
 */
const SPOKEN = {
  metadata: [metadataV12, metadataV10, metadataV8],
  listOffsets: [listOffsetsV7, listOffsetsV4],
  fetch: [fetchV17, fetchV13, fetchV12, fetchV11],
} as const;

/** Requests that only some connectors need, and that not all know who speak Kafka's protocol. */
const SPOKEN_BY_SOME = {
  findCoordinator: findCoordinatorV3,
  offsetCommit: offsetCommitV8,
  describeGroups: describeGroupsV5,
  describeConfigs: describeConfigsV2,
  /** Since Kafka 3.7, for groups of its newer kind. */
  describeConsumerGroup: consumerGroupDescribeV0,
} as const;

export type Apis = { readonly [K in keyof typeof SPOKEN]: (typeof SPOKEN)[K][number] } & {
  readonly optional: Partial<typeof SPOKEN_BY_SOME>;
  /** The section of the connector file that names the broker, for errors. */
  readonly section: Direction;
  /** All that the broker offers. */
  readonly offered: readonly apiVersionsV1.ApiVersionsResponseApi[];
};

/** From this version on, fetch requests name topics by their ids. */
export const FETCH_BY_TOPIC_ID = 13;

/** A version of a request. */
export interface Versioned {
  readonly api: { readonly key: number; readonly version: number };
}

/** Whether a broker that offers these knows this version of a request. */
export const isOffered = (offered: Apis['offered'], { key, version }: Versioned['api']): boolean =>
  offered.some(({ apiKey, minVersion, maxVersion }) => apiKey === key && version >= minVersion && version <= maxVersion);

/** The newest version of each request that both sides speak. */
export function negotiate(offered: Apis['offered'], section: Direction): Apis {
  const pick = <T extends Versioned>(name: string, spoken: readonly T[]): T => {
    const found = spoken.find(({ api }) => isOffered(offered, api));
    if (found !== undefined) return found;
    throw tooOld(name, section);
  };
  return {
    section,
    offered,
    metadata: pick('metadata', SPOKEN.metadata),
    listOffsets: pick('listOffsets', SPOKEN.listOffsets),
    fetch: pick('fetch', SPOKEN.fetch),
    optional: Object.fromEntries(Object.entries(SPOKEN_BY_SOME).filter(([, { api }]) => isOffered(offered, api))),
  };
}

/** Which option of a section needs them. */
const NEEDED_BY = { source: 'commitGroup', sink: 'delivery' } as const;

/** One of the requests about groups and coordinators. Throws WRONG_KIND where the broker does not know it. */
export function groupApi<K extends keyof Apis['optional']>({ optional, section }: Apis, name: K): NonNullable<Apis['optional'][K]> {
  const found = optional[name];
  if (found !== undefined) return found;
  const option = `${section}.${NEEDED_BY[section]}`;
  throw new ConnectError('WRONG_KIND', `${option}: the brokers speak no known version of ${name}`, {
    remedy: `remove ${option}, or use Kafka 2.4 or newer`,
  });
}

/** The first of these versions of a request that the broker offers. Throws WRONG_KIND where it offers none. */
export function offeredVersion<const V extends number>({ offered, section }: Apis, name: string, key: number, versions: readonly V[]): V {
  const found = versions.find((version) => isOffered(offered, { key, version }));
  if (found === undefined) throw tooOld(name, section);
  return found;
}

const tooOld = (name: string, section: Direction): ConnectError =>
  new ConnectError('WRONG_KIND', `${section}.bootstrapServers: the brokers speak no known version of ${name}`, {
    remedy: 'use Kafka 2.4 or newer',
  });
