import { setTimeout as sleep } from 'node:timers/promises';
import type { AmqpLink } from '../protocol/amqp-link.ts';

/** Enough that a broker never waits for credit; more does not make it faster. */
const MAX_CREDIT = 2_000;
/** Of a message that is still unknown: the first ones must fit whatever their size. */
const FIRST_GUESS_BYTES = 512 * 1024;
/** How soon large messages are forgotten: by this share with each smaller one. */
const DECAY = 1 / 64;

/** How many messages may be asked for, so that those which come fit into `budgetBytes`, by the sizes seen so far. */
export class Credit {
  readonly #budgetBytes: number;
  #expectedBytes = FIRST_GUESS_BYTES;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  saw(bytes: number): void {
    this.#expectedBytes = Math.max(bytes, this.#expectedBytes - (this.#expectedBytes - bytes) * DECAY);
  }

  /** To add to `outstanding`, while `bufferedBytes` wait to be read. Asks for one message at least where nothing waits, and never in crumbs. */
  more(outstanding: number, bufferedBytes: number): number {
    const room = (this.#budgetBytes - bufferedBytes) / this.#expectedBytes;
    const target = Math.min(MAX_CREDIT, Math.max(bufferedBytes === 0 ? 1 : 0, Math.floor(room)));
    return outstanding <= target / 2 ? target - outstanding : 0;
  }
}

/**
 * The time that a broker has to say that the queue is empty, besides the way there and back. Classic says nothing where a message comes
 * meanwhile.
 */
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
