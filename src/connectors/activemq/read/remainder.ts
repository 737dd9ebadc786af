import { setTimeout as sleep } from 'node:timers/promises';
import { RECEIVE_ROOM_BYTES } from '../../../kit/index.ts';
import type { ConsumerSpec } from '../config/consumers.ts';
import type { AmqpConnection } from '../protocol/amqp-connection.ts';
import { AmqpLink } from '../protocol/amqp-link.ts';
import { fingerprint } from '../protocol/amqp-message.ts';
import { Credit, settled } from './credit.ts';
import type { PartitionReader } from './partition-reader.ts';

/** Classic looks for messages that a selector wants among so many (its `maxPageSize`). */
const CLASSIC_PAGE = 200;
/** A broker that has just opened a link may say that there is nothing before it has looked. */
const ORDINARY = { asked: 2, quietMs: 25 };
/** Classic reads a page from its store before it shows it. */
const PAGE = { asked: 4, quietMs: 100 };

/** Queues that are looked into at a time: what is seen is on its way through memory, and other queues' answers come behind it. */
export const LOOKED_INTO_AT_ONCE = 8;
const BUDGET_BYTES = RECEIVE_ROOM_BYTES / LOOKED_INTO_AT_ONCE;

/** The result of one look into a queue. */
interface Seen {
  readonly messages: number;
  /** Fingerprint of the first message; undefined where there is none. */
  readonly first?: string;
}

/**
 * Why a queue may hold messages that its consumer does not get: whoever may look into it sees them. Undefined where it holds none.
 * To be asked when all that was read is acknowledged.
 */
export async function remainderOf(reader: PartitionReader): Promise<string | undefined> {
  const { connection, spec } = reader.options;
  // Other topics' subscriptions can't be looked into, and what other consumers of this connector hold is theirs to copy.
  if (spec.kind !== 'queue' || spec.shared) return undefined;
  const seen = await look(connection, spec, 1);
  if (seen.messages === 0) return behindOthers(connection, spec);
  if (await reader.asksAgain()) return behindOthers(connection, spec);
  const still = await look(connection, spec, 1);
  if (still.messages === 0) return undefined;
  if (still.first === reader.first)
    return `${spec.source} keeps what was copied (a non-destructive queue), so that every run copies it again`;
  return `${spec.source} holds messages that the broker does not hand to this consumer: another consumer has fetched them or has the queue to itself, or the queue is paused`;
}

async function behindOthers(connection: AmqpConnection, spec: ConsumerSpec): Promise<string | undefined> {
  if (spec.selector === undefined || connection.isArtemis) return undefined;
  const { selector: _, ...all } = spec;
  const others = await look(connection, all, CLASSIC_PAGE, PAGE);
  if (others.messages < CLASSIC_PAGE) return undefined;
  return `${spec.source} holds ${CLASSIC_PAGE} messages or more that its selector does not want, and Classic may look no further for those that it does (maxPageSize)`;
}

/** Counts messages up to `most`, which stay where they are. None is kept in memory, however many are asked for. */
async function look(connection: AmqpConnection, spec: ConsumerSpec, most: number, patience = ORDINARY): Promise<Seen> {
  const credit = new Credit(BUDGET_BYTES);
  let messages = 0;
  let first: string | undefined;
  let answered = () => {};
  let draining = false;
  const askForMore = () => link.addCredit(Math.min(credit.more(link.credit, 0), most - messages - link.credit));
  const link = await AmqpLink.open(
    connection,
    spec,
    {
      message({ bytes }) {
        first ??= fingerprint(bytes);
        messages += 1;
        credit.saw(bytes.length);
        if (messages === most) answered();
        else if (!draining) askForMore();
      },
      drained: () => answered(),
      failed: () => answered(),
    },
    'browser',
  );
  const hear = (resolve: () => void) => {
    draining = true;
    answered = resolve;
  };
  for (let asked = 0; asked < patience.asked && messages < most; ) {
    const before = messages;
    draining = false;
    askForMore();
    // Only a link that stands still is asked for the end: none asks for more messages meanwhile.
    for (let known = -1; known < messages && messages < most; ) {
      known = messages;
      await sleep(patience.quietMs);
    }
    if (messages < most) await settled(link, hear, 0);
    asked = messages > before ? 0 : asked + 1;
  }
  await link.close();
  return { messages, ...(first !== undefined && { first }) };
}
