import type { ConsumeMessage } from 'amqplib';
import { ConnectError } from '../../../api/index.ts';
import { pollUntil } from '../../../kit/index.ts';
import { readBasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import { toDelivery } from '../protocol/intake.ts';
import { streamOffset } from './stream-place.ts';

/** How long to wait for the first message. */
export interface Patience {
  /** While it only matters where to try next. */
  readonly tryMs: number;
  /** Before silence is believed, which gives up all that there is until the end. */
  readonly believeMs: number;
}

/** A server that answers within the first takes much less than the second for any part of a stream. */
const PATIENCE: Patience = { tryMs: 1_000, believeMs: 15_000 };
const STEP_MS = 5;

export interface UnreadableRange extends Lender {
  readonly stream: string;
  /** Offset at which the server breaks down. */
  readonly from: number;
  readonly end: number;
  /** Nobody waits for the answer any more. */
  readonly isGivenUp?: () => boolean;
}

/** What came of a try: the first message's offset, `silence`, or `breakdown` of the server. */
type Outcome = number | 'silence' | 'breakdown';

/**
 * Where a stream can be read on behind a batch that breaks the server down: the offset of a message, or `end`. A batch is passed over by
 * asking for an offset inside it, and how long it is, and whether another follows, only trying tells. Each try costs a connection.
 * Throws a retriable TIMEOUT where silence may only mean that the server is busy.
 */
export async function readableAfter(range: UnreadableRange, patience: Patience = PATIENCE): Promise<number> {
  const { lend, giveBack, stream, from, end } = range;
  const tryAt = async (offset: number, ms: number): Promise<Outcome> => {
    const connection = await lend();
    try {
      return await firstFrom(connection, stream, offset, ms, range.isGivenUp);
    } finally {
      giveBack(connection);
    }
  };
  for (let [broken, ms] = [from, patience.tryMs]; ; ) {
    const { offset, outcome } = await firstNotBroken(broken, end, (at) => tryAt(at, ms));
    if (offset === end) return end;
    const believed = outcome === 'silence' ? await tryAt(offset, patience.believeMs) : outcome;
    if (typeof believed === 'number') return Math.min(believed, end);
    if (believed === 'breakdown') {
      [broken, ms] = [offset, patience.believeMs];
      continue;
    }
    // The last part of a stream is silent behind its last batch; so is a server that does not get to answer.
    if ((await tryAt(from, patience.tryMs)) === 'breakdown') return end;
    throw silent(stream, offset, patience.believeMs);
  }
}

/** The lowest offset behind `broken` at which the server does not break down, with what comes there; `end` where there is none. */
async function firstNotBroken(
  broken: number,
  end: number,
  tryAt: (offset: number) => Promise<Outcome>,
): Promise<{ readonly offset: number; readonly outcome: Outcome }> {
  let [last, offset] = [broken, end];
  let outcome: Outcome = 'silence';
  const look = async (at: number) => {
    const found = await tryAt(at);
    if (found === 'breakdown') last = at;
    else [offset, outcome] = [at, found];
  };
  for (let step = 1; offset === end && last + step < end; step *= 2) await look(last + step);
  while (offset - last > 1) await look(Math.floor((last + offset) / 2));
  return { offset, outcome };
}

async function firstFrom(
  connection: RabbitmqConnection,
  stream: string,
  offset: number,
  ms: number,
  isGivenUp = () => false,
): Promise<Outcome> {
  let first: number | undefined;
  const receive = (message: ConsumeMessage | null) => {
    if (message !== null) first ??= streamOffset(readBasicProperties(toDelivery(message).rawProperties));
  };
  try {
    const channel = await connection.openChannel();
    await connection.answered(async () => {
      await channel.prefetch(1);
      await channel.consume(stream, receive, { arguments: { 'x-stream-offset': offset } });
    });
    const began = Date.now();
    const isOver = () => {
      if (first !== undefined || connection.failure !== undefined) return true;
      if (isGivenUp()) throw silent(stream, offset, Date.now() - began);
      return false;
    };
    await pollUntil(isOver, STEP_MS, ms);
    // The answer comes behind all that the server had begun to send.
    if (first === undefined) await connection.answered(() => channel.prefetch(1));
    if (connection.failure !== undefined) throw connection.failure;
    await connection.answered(() => channel.close());
    return first ?? 'silence';
  } catch (error) {
    if (connection.brokeDown) return 'breakdown';
    throw error;
  }
}

const silent = (stream: string, offset: number, ms: number): ConnectError =>
  new ConnectError('TIMEOUT', `stream ${stream} gave nothing from offset ${offset} on in ${ms} ms, though it may have messages there`, {
    retriable: true,
    remedy: 'wait until the server is less busy; the next run looks again',
  });
