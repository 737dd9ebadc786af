import type { Channel } from 'amqplib';
import type { RabbitmqConnection } from '../connection.ts';

/** Returns what the server says to a question on a channel of its own, where it refuses it. Throws where the connection is lost. */
export async function refusal(connection: RabbitmqConnection, ask: (channel: Channel) => Promise<unknown>): Promise<Error | undefined> {
  const channel = await connection.openChannel();
  try {
    await connection.answered(() => ask(channel));
  } catch (error) {
    if (connection.failure !== undefined) throw connection.failure;
    return error as Error;
  }
  await connection.answered(() => channel.close());
  return undefined;
}
