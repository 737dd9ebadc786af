import { withoutCredentials } from '../../api/errors.ts';
import type { StoredMessage } from '../../rocketmq/types.ts';
import type { DeadLetter } from '../planner-api.ts';
import { LETTER } from '../run/letter-properties.ts';
import { placeText } from './place.ts';

/** A dead letter of a connector, with what a redrive needs of it besides. */
export interface ReadLetter {
  readonly queue: string;
  readonly message: StoredMessage;
  readonly letter: Omit<DeadLetter, 'state' | 'attempts' | 'hindrance'>;
}

/** Returns the connector that a message is a dead letter of; undefined where none says that it is. */
export const connectorOf = ({ properties }: StoredMessage): string | undefined => properties.get(LETTER.connector);

/** Reads a message that is a dead letter, also where it is damaged. */
export function readLetter(queue: string, message: StoredMessage): ReadLetter {
  const { offset, storedAt, properties, body } = message;
  const text = (name: string) => properties.get(name);
  const [topic, partition, position] = [text(LETTER.topic), text(LETTER.partition), text(LETTER.position)];
  const [refusedAt, omitted] = [text(LETTER.refusedAt), text(LETTER.omitted)];
  const causes = causesIn(text(LETTER.causes));
  const damaged = damageOf(message);
  const letter: ReadLetter['letter'] = {
    place: placeText({ queue, offset }),
    at: new Date(storedAt).toISOString(),
    code: text(LETTER.code) ?? 'UNKNOWN',
    reason: withoutCredentials(text(LETTER.reason) ?? ''),
    ...(causes.length > 0 && { causes }),
    ...(refusedAt !== undefined && { refusedAt }),
    ...(topic !== undefined && { topic }),
    ...(partition !== undefined && position !== undefined && { record: `${partition}@${position}` }),
    ...(omitted !== undefined && { omitted }),
    ...(damaged !== undefined && { damaged }),
    bytes: body.length,
  };
  return { queue, message, letter };
}

const NEEDED = [LETTER.code, LETTER.reason, LETTER.refusedAt, LETTER.topic, LETTER.partition, LETTER.position];

/** Returns why nobody can tell what the record was; undefined where that is known. */
function damageOf({ properties, compressed }: StoredMessage): string | undefined {
  const missing = NEEDED.filter((name) => !properties.has(name));
  if (missing.length > 0) return `it has no ${missing.join(', ')}`;
  if (compressed) return 'its body is damaged, or compressed in an unknown way';
  const ofSink = properties.get(LETTER.storedAt) !== undefined;
  const numbers = ofSink ? [LETTER.position, LETTER.bornAt, LETTER.storedAt] : [];
  const wrong = numbers.find((name) => !/^-?\d{1,15}$/.test(properties.get(name) ?? ''));
  return wrong === undefined ? undefined : `its ${wrong} is no number`;
}

function causesIn(text: string | undefined): string[] {
  try {
    const causes: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(causes) ? causes.map(String) : [];
  } catch {
    return [text ?? ''];
  }
}
