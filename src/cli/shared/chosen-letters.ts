import { ConnectError } from '../../api/index.ts';
import type { DeadLetter, LetterCursor, Planner } from '../../runtime/planner-api.ts';
import type { Output } from '../terminal/output.ts';
import { lookThroughLetters } from './look-through-letters.ts';
import type { Flags } from './options.ts';

/** Which dead letters a command is about. */
export interface LetterChoice {
  readonly topic?: string;
  readonly codes?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly places?: readonly string[];
}

/** Reads the choice from the options. Throws CONFIG_INVALID where there is none: nobody redrives or drops all by a slip of the hand. */
export function choiceOf(flags: Flags & Record<string, unknown>): LetterChoice {
  const { topic, code, since, until, offset, all } = flags as {
    topic?: string;
    code?: readonly string[];
    since?: number;
    until?: number;
    offset?: readonly string[];
    all?: boolean;
  };
  if (!all && code === undefined && since === undefined && until === undefined && offset === undefined) {
    throw new ConnectError('CONFIG_INVALID', 'it is not said which dead letters are meant', {
      remedy: 'choose some by --code, --since, --until or --offset, or take --all',
    });
  }
  return {
    ...(topic !== undefined && { topic }),
    ...(code !== undefined && { codes: code }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(offset !== undefined && { places: offset }),
  };
}

/** It shows and keeps no more. */
const MOST_KEPT = 10_000;

export interface ChosenLetters {
  /** How many can be worked on: those that are open, and dropped ones that the user names. */
  readonly open: number;
  /** How many were redriven or dropped before. */
  readonly settled: number;
  /** The first 10,000 of the open ones, in the order of their queues. */
  readonly letters: readonly DeadLetter[];
  /** For each queue, the offset of its first open letter, and the one behind its last. */
  readonly cursor: LetterCursor;
}

/** Looks for the chosen letters, up to the end of the topic as it is now. `dropped`: whether a dropped letter counts as open where the user names it. */
export async function chosenLetters(
  planner: Planner,
  connector: string,
  { codes, ...choice }: LetterChoice,
  dropped: boolean,
  output: Output,
): Promise<ChosenLetters> {
  const letters: DeadLetter[] = [];
  const places = new Map<string, { next: number; end: number }>();
  let [open, settled] = [0, 0];
  const take = (letter: DeadLetter) => {
    if (codes !== undefined && !codes.includes(letter.code)) return;
    if (letter.state !== 'open' && !(dropped && choice.places !== undefined && letter.state === 'dropped')) {
      settled += 1;
      return;
    }
    open += 1;
    if (letters.length < MOST_KEPT) letters.push(letter);
    const at = letter.place.lastIndexOf('@');
    const [queue, offset] = [letter.place.slice(0, at), Number(letter.place.slice(at + 1))];
    const known = places.get(queue);
    places.set(queue, { next: Math.min(known?.next ?? offset, offset), end: Math.max(known?.end ?? 0, offset + 1) });
  };
  const { topic } = await lookThroughLetters(planner, { connector, ...choice }, output, (found) => found.forEach(take));
  const cursor = Object.fromEntries([...places].map(([queue, place]) => [`${topic}:${queue}`, place]));
  return { open, settled, letters, cursor };
}
