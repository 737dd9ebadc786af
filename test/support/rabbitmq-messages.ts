import { connect, type GetMessage } from 'amqplib';

/** What waits in a queue, in its order. The messages stay there. */
export async function waitingMessages(url: string, queue: string): Promise<GetMessage[]> {
  const connection = await connect(url, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const { messageCount } = await channel.checkQueue(queue);
    const asked = await Promise.all(Array.from({ length: messageCount }, () => channel.get(queue)));
    channel.nackAll(true);
    await channel.close();
    return asked.filter((message) => message !== false);
  } finally {
    await connection.close();
  }
}
