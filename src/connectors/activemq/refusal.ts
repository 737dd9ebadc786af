import { ConnectError, type SourceRecord } from '../../api/index.ts';

/** What of a record is known before its message is read. */
export interface Place {
  readonly partition: string;
  readonly position: string;
  readonly id: string;
}

/** `message` is no AMQP message: a dead letter can keep its bytes, which are all that there is. */
export const notUnderstood = (bytes: Buffer, place: Place, source: string, cause: Error): SourceRecord =>
  refused(bytes, place, 'RECORD_REFUSED', `message ${place.id} of ${source} is no message of AMQP 1.0: ${cause.message}`, cause);

/** The broker holds more of the message than it hands out: it must stay there, so no dead letter is made of it. */
export const damaged = (bytes: Buffer, place: Place, source: string, damage: string): SourceRecord =>
  refused(bytes, place, 'WRONG_KIND', `message ${place.id} of ${source} does not arrive whole: ${damage}`);

function refused(value: Buffer, place: Place, code: 'RECORD_REFUSED' | 'WRONG_KIND', message: string, cause?: Error): SourceRecord {
  const remedy = "take it from there with a client of the broker's own protocol, which reads it whole, then resume the connector";
  return { ...place, key: null, value, headers: [], refused: new ConnectError(code, message, { cause, remedy }) };
}
