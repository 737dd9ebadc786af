import type { DeadLetter, LetterFailure, ShownLetter } from '../../runtime/planner-api.ts';
import { styled } from '../terminal/output.ts';
import { factsOf, oneLine } from './message.ts';
import { number } from './numbers.ts';
import { renderTable } from './table.ts';

/** Returns a row for each dead letter. */
export function renderLetters(letters: readonly DeadLetter[]): string {
  const head = ['place', 'time', 'state', 'attempts', 'code', 'record', 'reason'];
  return renderTable(
    head,
    letters.map((letter) => {
      const { place, at, state, attempts, code, record = '-' } = letter;
      return [place, at, state, number(attempts), oneLine(code), oneLine(record), words(letter)];
    }),
  );
}

/** Returns one dead letter whole: why it is one, and its record. */
export function renderLetter({ deadLetterTopic, message, ...letter }: ShownLetter): string {
  const { place, at, state, attempts, code, causes = [], topic, record, refusedAt, hindrance } = letter;
  const facts = [
    ['state', state],
    ['attempts', number(attempts)],
    ['code', code],
    ['reason', words(letter)],
    ...causes.map((cause) => ['caused by', cause] as const),
    ...(refusedAt === undefined ? [] : [['refused', refusedAt === 'read' ? 'as it was read' : 'as it was written'] as const]),
    ...(hindrance === undefined ? [] : [["can't be redriven", hindrance] as const]),
    ...(topic === undefined ? [] : [['topic', topic] as const]),
    ...(record === undefined ? [] : [['record', record] as const]),
    ...(message.sourceKey === undefined ? [] : [['source key', message.sourceKey] as const]),
  ] as const;
  const head = styled('bold', `${at}  ${deadLetterTopic} ${place}`);
  const lines = [...facts.map(([name, text]) => [name, oneLine(text)] as const), ...factsOf(message, Number.POSITIVE_INFINITY)];
  return [head, ...lines.map(([name, text]) => `  ${name}: ${text}`)].join('\n');
}

/** The reason, and what the dead letter lacks. */
function words({ reason, omitted, damaged }: DeadLetter): string {
  const lacks = [...(omitted === undefined ? [] : [`without ${omitted}`]), ...(damaged === undefined ? [] : [`damaged: ${damaged}`])];
  return [oneLine(reason), ...lacks].filter((text) => text !== '').join('; ');
}

/** Returns why a dead letter stays as it is. */
export const renderLetterFailure = ({ place, record, code, message, remedy }: LetterFailure): string =>
  `${place}${record === undefined ? '' : ` (${oneLine(record)})`}: ${code}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;
