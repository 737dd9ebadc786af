import { type ConnectError, recordBytes, type SinkRecord, toConnectError } from '../../api/index.ts';
import type { QueuesModule, StoredMessage } from '../../rocketmq/types.ts';

/** A message of a queue, as a record or with the reason why it is none. */
export interface ReadMessage {
  readonly message: StoredMessage;
  readonly record?: SinkRecord;
  readonly refused?: ConnectError;
  /** Of key, value and headers. */
  readonly bytes: number;
}

/** Makes records of messages. */
export type ReadAs = (partition: string, message: StoredMessage) => ReadMessage;

export const readAs =
  (topic: string, toRecord: QueuesModule['messageToSinkRecord']): ReadAs =>
  (partition, message) => {
    try {
      const record = toRecord(topic, partition, message);
      return { message, record, bytes: recordBytes(record) };
    } catch (error) {
      return { message, refused: toConnectError(error), bytes: message.body.length };
    }
  };
