import {
  type apiVersionsV1,
  fetchV11,
  fetchV12,
  fetchV13,
  fetchV17,
  listOffsetsV4,
  listOffsetsV7,
  metadataV8,
  metadataV10,
  metadataV12,
} from '@platformatic/kafka';
import { ConnectError } from '../../api/index.ts';

/**
 * The versions of each request that this client speaks, newest first. Every broker since Kafka 2.4 speaks one of each; the
 * versions between them change nothing that matters here.
 */
const SPOKEN = {
  metadata: [metadataV12, metadataV10, metadataV8],
  listOffsets: [listOffsetsV7, listOffsetsV4],
  fetch: [fetchV17, fetchV13, fetchV12, fetchV11],
} as const;

export type Apis = { readonly [K in keyof typeof SPOKEN]: (typeof SPOKEN)[K][number] };

/** From this version on, fetch requests name topics by their ids. */
export const FETCH_BY_TOPIC_ID = 13;

/** The newest version of each request that both sides speak. */
export function negotiate(offered: readonly apiVersionsV1.ApiVersionsResponseApi[]): Apis {
  const pick = <T extends { readonly api: { readonly key: number; readonly version: number } }>(name: string, spoken: readonly T[]): T => {
    const range = offered.find(({ apiKey }) => apiKey === spoken[0]?.api.key);
    const found = spoken.find(({ api }) => range && api.version >= range.minVersion && api.version <= range.maxVersion);
    if (found !== undefined) return found;
    throw new ConnectError('WRONG_KIND', `source.bootstrapServers: the brokers speak no known version of ${name}`, {
      remedy: 'use Kafka 2.4 or newer',
    });
  };
  return {
    metadata: pick('metadata', SPOKEN.metadata),
    listOffsets: pick('listOffsets', SPOKEN.listOffsets),
    fetch: pick('fetch', SPOKEN.fetch),
  };
}
