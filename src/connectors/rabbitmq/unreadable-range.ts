import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { readBasicProperties } from './basic-properties.ts';
import type { RabbitmqConnection } from './connection.ts';
import { toDelivery } from './intake.ts';
import { streamOffset } from './stream-offset.ts';

/** The last part of a stream is silent behind its last batch. */
const SILENCE_MS = 1_000;
const STEP_MS = 5;

/**
 * Where a stream can be read on behind a batch at `from` that breaks the server down: the offset of a message, or `end`. A batch is passed
 * over by asking for an offset inside it, and how long it is, and whether another follows, only trying tells. Each try costs a connection.
 */
export async function readableAfter(
  lend: () => Promise<RabbitmqConnection>,
  giveBack: (connection: RabbitmqConnection) => void,
  stream: string,
  from: number,
  end: number,
): Promise<number> {
  const readsAt = async (offset: number): Promise<number | undefined> => {
    const connection = await lend();
    try {
      return await firstFrom(connection, stream, offset);
    } finally {
      giveBack(connection);
    }
  };
  let broken = from;
  let [readable, found] = [end, end];
  for (let step = 1; broken + step < end; step *= 2) {
    const first = await readsAt(broken + step);
    if (first !== undefined) {
      [readable, found] = [broken + step, Math.min(first, end)];
      break;
    }
    broken += step;
  }
  while (readable - broken > 1) {
    const middle = Math.floor((broken + readable) / 2);
    const first = await readsAt(middle);
    if (first === undefined) broken = middle;
    else [readable, found] = [middle, Math.min(first, end)];
  }
  return found;
}

/** The offset of the first message that comes; Infinity where none does; undefined where the server breaks down. Throws other failures. */
async function firstFrom(connection: RabbitmqConnection, stream: string, offset: number): Promise<number | undefined> {
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
    for (const began = Date.now(); first === undefined && Date.now() - began < SILENCE_MS && connection.failure === undefined; )
      await sleep(STEP_MS);
    if (connection.failure !== undefined) throw connection.failure;
    await connection.answered(() => channel.close());
    return first ?? Number.POSITIVE_INFINITY;
  } catch (error) {
    if (connection.brokeDown) return undefined;
    throw error;
  }
}
