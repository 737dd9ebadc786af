import { RocketmqAdmin } from '../../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { contentOf, messageToRecord } from '../../../../src/rocketmq/record-mapping.ts';

/** A message, its parts read from their JSON; integers that a number does not hold are bigints. */
export interface Message {
  readonly key: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into any part of it
  readonly value: any;
  readonly headers: Readonly<Record<string, unknown>>;
}

export function exactJson(text: string): unknown {
  return JSON.parse(text, ((_: string, value: unknown, { source }: { source: string }) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value) as never);
}

/** Headers that are no JSON. */
const TEXTS: ReadonlySet<string> = new Set(['__db', '__table']);

/** The messages of a topic, those of a key in their order. */
export async function messagesOf(namesrv: string, topic: string): Promise<Message[]> {
  const admin = await RocketmqAdmin.open(namesrv);
  try {
    const read = (content: Buffer | null) => (content === null ? null : exactJson(content.toString()));
    return (await admin.readTopic(topic)).flat().map(({ body, properties }) => {
      const { key, value, headers } = messageToRecord(contentOf(body, properties));
      const known = headers.map(({ name, value }) => [name, TEXTS.has(name) ? value?.toString() : read(value)]);
      return { key: read(key), value: read(value), headers: Object.fromEntries(known) };
    });
  } finally {
    admin.close();
  }
}

/** By key; what has none is together. */
export const byKey = (messages: readonly Message[]): Map<string, Message[]> => Map.groupBy(messages, ({ key }) => JSON.stringify(key));
