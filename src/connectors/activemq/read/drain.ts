import { setTimeout as sleep } from 'node:timers/promises';
import type { AmqpLink } from '../protocol/amqp-link.ts';

/** What a broker may take to say that there is nothing more, besides the way there and back. Classic forgets to where a message comes meanwhile. */
const ANSWER_MS = 200;

/** A broker may just be slow to find messages: it is asked after so long, and the way there and back. */
const QUIET_MS = 25;

/** Asks for what there is within the credit, and waits until the broker says that that is all, or says nothing. `hear` gets what to call then. */
export async function settled(link: AmqpLink, hear: (answered: () => void) => void, quietMs = QUIET_MS): Promise<void> {
  await sleep(quietMs + link.answerMs);
  const { promise, resolve } = Promise.withResolvers<void>();
  hear(resolve);
  const late = setTimeout(resolve, ANSWER_MS + 2 * link.answerMs);
  link.drain();
  await promise;
  clearTimeout(late);
}
