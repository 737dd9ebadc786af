import type { SharedMessage, SharedQueues } from '../../../src/rocketmq/types.ts';

const MOST = 32;
const PATIENCE_MS = 120_000;

/**
 * Receives until `count` messages came, from all places, and acknowledges none. A receive that finds nothing takes 5 s. Resolves with fewer
 * after two minutes.
 */
export async function receiveAll(queues: SharedQueues, count: number): Promise<SharedMessage[]> {
  const received: SharedMessage[] = [];
  const enough = new AbortController();
  const receive = async (place: number): Promise<void> => {
    for (const end = Date.now() + PATIENCE_MS; !enough.signal.aborted && Date.now() < end; ) {
      received.push(...(await queues.receive(place, MOST, enough.signal)));
      if (received.length >= count) enough.abort();
    }
  };
  await Promise.all(Array.from({ length: queues.places }, (_, place) => receive(place)));
  return received;
}

/** What the messages hold, as text, in the order of texts. */
export const textsOf = (messages: readonly SharedMessage[]): string[] => messages.map(({ message }) => String(message.body)).sort();
