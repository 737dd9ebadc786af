import type { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { StoredMessage } from '../../rocketmq/types.ts';
import type { LetterFailure, LetterWorkPage, LetterWorkRequest } from '../planner-api.ts';
import { hindranceOf } from './hindrance.ts';
import { type MarkStore, Marks } from './marks.ts';
import { messagesFrom, type ScanPlace } from './messages-from.ts';
import type { OpenTopic } from './open-topic.ts';
import { ParkedLetters, type ParkedStore } from './parked-letters.ts';
import { parsePlace, placeText } from './place.ts';
import { connectorOf, type ReadLetter, readLetter } from './read-letter.ts';
import type { Delivered, Redriver } from './redriver.ts';

/** What a process that dies may repeat, at most. */
const BATCH_LETTERS = 100;
const BATCH_BYTES = 1024 * 1024;
/** An answer tells of so many, each with its reason: a function's answer has a bound. */
const MOST_FAILURES = 1_000;

export interface PageOptions {
  readonly spec: ConnectorSpec;
  readonly request: LetterWorkRequest;
  readonly opened: OpenTopic;
  readonly store: MarkStore & ParkedStore;
  readonly openRedriver: () => Promise<Redriver>;
  /** No batch is begun after it, ms since 1970. */
  readonly end: number;
}

/** One answer's worth of letters that are redriven or dropped. */
export class LetterPage {
  readonly #options: PageOptions;
  /** The places that are named, if any. */
  readonly #named: ReadonlySet<string> | undefined;
  readonly #failures: LetterFailure[] = [];
  #done = 0;
  #settled = 0;
  /** However late it is, each answer gets on. */
  #isBegun = false;
  #redriver: Redriver | undefined;
  /** Absent where the connector parks no keys. */
  #parked: ParkedLetters | undefined;

  constructor(options: PageOptions) {
    this.#options = options;
    const { request, opened } = options;
    const named = request.places?.map((place) => placeText(parsePlace(place, opened.topic, opened.queues.names)));
    this.#named = named && new Set(named);
  }

  /** Works on the letters from the places on, and moves these. Throws what ended it before anything was done. */
  async run(places: Readonly<Record<string, ScanPlace>>): Promise<LetterWorkPage> {
    const { opened, store, spec } = this.#options;
    try {
      const marks = await Marks.load(store, spec.name, opened.queues);
      await marks.forgetRemoved(Object.keys(places));
      if (spec.errors.parkKeys === true) this.#parked = await ParkedLetters.load(spec, opened, marks, store);
      for await (const { queue, place, messages } of messagesFrom(opened.queues, places)) {
        const behind = place.next;
        // Whatever ends it, the next answer begins at the first letter of which nothing is stored.
        place.next = messages[0]?.offset ?? behind;
        const { wanted, settled } = await this.#chosen(queue, messages, marks);
        while (wanted.length > 0 && !this.#isOver) {
          wanted.splice(0, await this.#settle(batchOf(wanted), marks));
          place.next = wanted[0]?.message.offset ?? behind;
        }
        if (wanted.length === 0) place.next = behind;
        this.#settled += settled.filter((offset) => offset < place.next).length;
        this.#isBegun = true;
        if (this.#isOver) break;
      }
    } catch (error) {
      // What is done is told first. The next request meets the same at once, where it lasts.
      if (this.#done + this.#failures.length === 0) throw error;
    } finally {
      await this.#redriver?.close();
    }
    await this.#parked?.forgetSettled();
    const left = Object.values(places).reduce((sum, { next, end }) => sum + Math.max(0, end - next), 0);
    const counts = { done: this.#done, settled: this.#settled, failures: this.#failures };
    return { connector: spec.name, topic: opened.topic, ...counts, left, ...(left > 0 && { cursor: places }) };
  }

  get #isOver(): boolean {
    return this.#isBegun && (Date.now() >= this.#options.end || this.#failures.length >= MOST_FAILURES);
  }

  /** The letters that the request chooses and of which nothing has become yet, and the offsets of the others that it chooses. */
  async #chosen(queue: string, messages: readonly StoredMessage[], marks: Marks) {
    const { spec, request } = this.#options;
    const { codes, since = 0, until = Number.POSITIVE_INFINITY } = request;
    const wanted: ReadLetter[] = [];
    const settled: number[] = [];
    for (const message of messages) {
      if (connectorOf(message) !== spec.name || message.storedAt < since || message.storedAt > until) continue;
      const read = readLetter(queue, message);
      if (codes !== undefined && !codes.includes(read.letter.code)) continue;
      if (this.#named !== undefined && !this.#named.has(read.letter.place)) continue;
      const { state } = await marks.of(queue, message);
      // Who names a dropped letter wants it back.
      const isOpen =
        state === 'open' ||
        (state === 'dropped' && this.#named !== undefined && request.action === 'redrive' && this.#parked === undefined);
      if (isOpen) wanted.push(read);
      else settled.push(message.offset);
    }
    return { wanted, settled };
  }

  /** Settles the first letters of the batch, and stores what became of them. Resolves with how many. */
  async #settle(batch: readonly ReadLetter[], marks: Marks): Promise<number> {
    const delivered = this.#options.request.action === 'drop' ? batch.map(() => undefined) : await this.#redrive(batch);
    const done = this.#options.request.action === 'drop' ? 'dropped' : 'redriven';
    for (const [index, error] of delivered.entries()) {
      const { queue, message } = batch[index] as ReadLetter;
      if (error === undefined) await marks.set(queue, message, done);
      else if (error.code === 'RECORD_REFUSED') await marks.set(queue, message, 'refused');
    }
    await marks.save();
    this.#isBegun = true;
    for (const [index, error] of delivered.entries()) {
      if (error === undefined) {
        this.#done += 1;
        this.#parked?.settle(batch[index] as ReadLetter);
      } else this.#failures.push(failureOf(batch[index] as ReadLetter, error));
    }
    return delivered.length;
  }

  async #redrive(batch: readonly ReadLetter[]): Promise<readonly Delivered[]> {
    const { spec, openRedriver } = this.#options;
    const hindrances = batch.map((letter) => hindranceOf(letter, spec.direction) ?? this.#parked?.hindranceOf(letter));
    if (hindrances[0] !== undefined) return hindrances.slice(0, 1);
    const free = hindrances.findIndex((hindrance) => hindrance !== undefined);
    this.#redriver ??= await openRedriver();
    return this.#redriver.deliver(free === -1 ? batch : batch.slice(0, free));
  }
}

/** The first letters that are sent together, and whose marks are stored by one write. */
function batchOf(letters: readonly ReadLetter[]): readonly ReadLetter[] {
  const [first] = letters as [ReadLetter];
  let bytes = 0;
  const end = letters.findIndex(({ message }, index) => {
    bytes += message.body.length;
    const isTogether = Marks.areTogether(first.message.offset, message.offset);
    return index === BATCH_LETTERS || !isTogether || (index > 0 && bytes > BATCH_BYTES);
  });
  return end === -1 ? letters : letters.slice(0, end);
}

function failureOf({ letter }: ReadLetter, { code, message, remedy }: ConnectError): LetterFailure {
  const { place, record } = letter;
  return { place, ...(record !== undefined && { record }), code, message, ...(remedy !== undefined && { remedy }) };
}
