import { ConnectError, type Direction } from '../../api/index.ts';
import { LETTER } from '../run/letter-properties.ts';
import type { ReadLetter } from './read-letter.ts';

/** Says why a letter can't be redriven whatever the other side says; undefined where it may be. */
export function hindranceOf({ letter, message }: ReadLetter, direction: Direction): ConnectError | undefined {
  const { damaged, omitted, refusedAt, record, place } = letter;
  const hindered = (why: string, remedy: string) => new ConnectError('WRONG_STATE', `dead letter ${place}: ${why}`, { remedy });
  const thenDrop = `then drop the dead letter: \`dlq drop\` with --offset ${place}`;
  if (damaged !== undefined) return hindered(damaged, `see what is left of it by \`dlq show\`, ${thenDrop}`);
  const ofSink = message.properties.has(LETTER.storedAt);
  if (ofSink !== (direction === 'sink')) {
    const [was, is] = ofSink ? ['sink', 'source'] : ['source', 'sink'];
    return hindered(`it is of a ${was}, and the connector of this name is a ${is} now`, `name the connector otherwise, ${thenDrop}`);
  }
  if (ofSink) return undefined;
  if (refusedAt === 'read') {
    return hindered('the source could make no record of it', `correct it at the source, at ${record}, so that it comes again, ${thenDrop}`);
  }
  if (omitted === undefined) return undefined;
  return hindered(`it is without ${omitted}`, `fetch the record at the source, at ${record}, ${thenDrop}`);
}
