import { ConnectError, type Header } from '../../api/index.ts';
import { duration } from '../../config/quantities.ts';
import type { SendingOptions } from '../../config/transport-options.ts';

export type DeliveryOptions = Pick<SendingOptions, 'deliverAfter' | 'deliverAtHeader'>;

/** Ms since 1970. */
const DIGITS = /^\d{1,16}$/;
/** A date and time with its zone. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
/** No calendar of JavaScript knows a later time. */
const LAST_TIME = 8_640_000_000_000_000;
const SHOWN_LENGTH = 40;

/** Says when messages of a DELAY topic are delivered. */
export class DeliveryTimes {
  readonly #header: string | undefined;
  readonly #afterMs: number;

  constructor({ deliverAfter, deliverAtHeader }: DeliveryOptions) {
    this.#header = deliverAtHeader;
    // The options have been checked.
    this.#afterMs = deliverAfter === undefined ? 0 : (duration.parse(deliverAfter) as number);
  }

  /**
   * Returns when the message of a record with these headers is delivered, ms since 1970: at the time in its header, or after
   * `deliverAfter`, counted from this call, or now. Call it only where there is no fault in the headers.
   */
  of(headers: readonly Header[]): number {
    const given = this.#given(headers);
    // No protocol carries a time before 1970, and each is as good as over.
    return given === undefined ? Date.now() + this.#afterMs : Math.max(timeIn(given) as number, 0);
  }

  /** Says why these headers do not tell when the record is to be delivered. Undefined where they do, or say nothing of it. */
  faultIn(headers: readonly Header[]): ConnectError | undefined {
    const given = this.#given(headers);
    if (given === undefined || timeIn(given) !== undefined) return undefined;
    const shown = given.value === null ? 'null' : JSON.stringify(given.value.toString().slice(0, SHOWN_LENGTH));
    return new ConnectError('RECORD_REFUSED', `header ${given.name} (rocketmq.deliverAtHeader) is no time: ${shown}`, {
      remedy: 'give it ms since 1970, or an ISO 8601 date and time with its zone, or remove rocketmq.deliverAtHeader',
    });
  }

  /** The first header of that name counts. */
  #given(headers: readonly Header[]): Header | undefined {
    return this.#header === undefined ? undefined : headers.find(({ name }) => name === this.#header);
  }
}

function timeIn({ value }: Header): number | undefined {
  const text = value?.toString('latin1') ?? '';
  if (!DIGITS.test(text) && !ISO_TIME.test(text)) return undefined;
  const time = DIGITS.test(text) ? Number(text) : Date.parse(text.replace(',', '.'));
  return time <= LAST_TIME ? time : undefined;
}
