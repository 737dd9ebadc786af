import { type Connection, initProducerIdV1, initProducerIdV4 } from '@platformatic/kafka';
import { type Apis, offeredVersion } from '../api-versions.ts';

const INIT_PRODUCER_ID = 22;
/** Counts only for transactions, and brokers want one. */
const TRANSACTION_MS = 60_000;

export interface ProducerId {
  readonly id: bigint;
  readonly epoch: number;
}

/** Asks for a producer id of its own, by which brokers tell a repeated batch from a new one. */
export async function initProducerId(connection: Connection, apis: Apis): Promise<ProducerId> {
  const version = offeredVersion(apis, 'initProducerId', INIT_PRODUCER_ID, [4, 1]);
  const { producerId, producerEpoch } =
    version === 4
      ? await initProducerIdV4.api.async(connection, null, TRANSACTION_MS)
      : await initProducerIdV1.api.async(connection, null, TRANSACTION_MS);
  return { id: producerId, epoch: producerEpoch };
}
