import type { AmqpConnection } from './amqp-connection.ts';
import { AmqpLink } from './amqp-link.ts';
import type { ConsumerSpec } from './consumers.ts';
import { settled } from './drain.ts';
import { fingerprint } from './message-id.ts';
import type { PartitionReader } from './partition-reader.ts';

/** Classic looks for messages that a selector wants among so many (its `maxPageSize`). */
const CLASSIC_PAGE = 200;
/** A broker that has just opened a link may say that there is nothing before it has looked. */
const ORDINARY = { asked: 2, quietMs: 25 };
/** Classic reads a page from its store before it shows it. */
const PAGE = { asked: 4, quietMs: 100 };

/**
 * Why a queue may hold messages that its consumer does not get: whoever may look into it sees them. Undefined where it holds none.
 * To be asked when all that was read is acknowledged.
 */
export async function remainderOf(reader: PartitionReader): Promise<string | undefined> {
  const { connection, spec } = reader.options;
  // Other topics' subscriptions can't be looked into, and what other consumers of this connector hold is theirs to copy.
  if (spec.kind !== 'queue' || spec.shared) return undefined;
  const [seen] = await look(connection, spec, 1);
  if (seen === undefined) return behindOthers(connection, spec);
  if (await reader.asksAgain()) return behindOthers(connection, spec);
  const [still] = await look(connection, spec, 1);
  if (still === undefined) return undefined;
  if (fingerprint(still) === reader.first)
    return `${spec.source} keeps what was copied (a non-destructive queue), so that every run copies it again`;
  return `${spec.source} holds messages that the broker does not hand to this consumer: another consumer has fetched them or has the queue to itself, or the queue is paused`;
}

async function behindOthers(connection: AmqpConnection, spec: ConsumerSpec): Promise<string | undefined> {
  if (spec.selector === undefined || connection.isArtemis) return undefined;
  const { selector: _, ...all } = spec;
  const others = await look(connection, all, CLASSIC_PAGE, PAGE);
  if (others.length < CLASSIC_PAGE) return undefined;
  return `${spec.source} holds ${CLASSIC_PAGE} messages or more that its selector does not want, and Classic may look no further for those that it does (maxPageSize)`;
}

/** The first messages, at most `messages`, which stay where they are. */
async function look(connection: AmqpConnection, spec: ConsumerSpec, messages: number, patience = ORDINARY): Promise<Buffer[]> {
  const seen: Buffer[] = [];
  let answered = () => {};
  const link = await AmqpLink.open(
    connection,
    spec,
    {
      message({ bytes }) {
        seen.push(bytes);
        if (seen.length === messages) answered();
      },
      drained: () => answered(),
      failed: () => answered(),
    },
    'browser',
  );
  const hear = (resolve: () => void) => {
    answered = resolve;
  };
  for (let asked = 0; asked < patience.asked && seen.length < messages; ) {
    const before = seen.length;
    link.addCredit(messages - before - link.credit);
    await settled(link, hear, patience.quietMs);
    asked = seen.length > before ? 0 : asked + 1;
  }
  await link.close();
  return seen;
}
