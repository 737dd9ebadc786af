import { ConnectError, type Logger } from '../../../api/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';

/** From this version on the server leaves out compressed batches without a word; before, it breaks down over them. */
const LEAVES_OUT_COMPRESSED = 4;

export interface StreamGapsOptions {
  readonly stream: string;
  /** Major number of the server's version; 0 where it is not known. */
  readonly serverVersion: number;
  readonly onOffsetGap: RabbitmqSourceConfig['onOffsetGap'];
  /** The lowest offset that the stream has now; undefined where that can't be known. */
  firstOffset(): Promise<number | undefined>;
  /** Called when the answer is there that `judge` waits for. */
  readonly onChange: () => void;
  readonly logger: Logger;
}

/** An offset that came, with a gap before it. `receivedUpTo`: behind the last message that was received by now. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly receivedUpTo: number;
}

/**
 * Tells why a stream gave nothing at some offsets. Each offset that a stream client stores while nothing else is written takes one of the
 * stream's own, so most gaps are no loss. Retention and, from RabbitMQ 4 on, compressed batches leave gaps that are one.
 */
export class StreamGaps {
  readonly #options: StreamGapsOptions;
  /** The stream had everything from here on when the messages below `#judgedUpTo` were received. */
  #first: number | undefined;
  #judgedUpTo = 0;
  #looking: Promise<void> | undefined;
  #failure: unknown;
  #isTold = false;
  #notices: string[] = [];

  constructor(options: StreamGapsOptions) {
    this.#options = options;
  }

  get isLooking(): boolean {
    return this.#looking !== undefined;
  }

  /** Whether the gap may be passed over, or why not. Undefined until `onChange`: then ask again. Throws where that can't be found out. */
  judge(gap: Gap): 'pass' | ConnectError | undefined {
    const { stream, serverVersion, onOffsetGap, logger } = this.#options;
    if (this.#failure !== undefined) throw this.#failure;
    if (gap.to > this.#judgedUpTo) {
      this.#looking ??= this.#look(gap.receivedUpTo);
      return undefined;
    }
    const which = `from offset ${gap.from} to ${gap.to - 1}`;
    if (this.#first === undefined) return unknown(stream, which);
    if (this.#first > gap.from) return removed(stream, which);
    if (serverVersion > 0 && serverVersion < LEAVES_OUT_COMPRESSED) return 'pass';
    if (onOffsetGap === 'fail') return ambiguous(stream, which);
    logger.debug('a stream has offsets without a message', { stream, from: gap.from, to: gap.to - 1 });
    if (!this.#isTold) this.#notices.push(told(stream, which));
    this.#isTold = true;
    return 'pass';
  }

  /** What people are to know, once. */
  notices(): readonly string[] {
    return this.#notices.splice(0);
  }

  /** When nothing is under way any more. Never rejects. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  async #look(receivedUpTo: number): Promise<void> {
    try {
      this.#first = await this.#options.firstOffset();
      this.#judgedUpTo = receivedUpTo;
    } catch (error) {
      this.#failure = error;
    }
    this.#looking = undefined;
    this.#options.onChange();
  }
}

const removed = (stream: string, which: string): ConnectError =>
  new ConnectError('RECORD_REFUSED', `retention removed messages of stream ${stream} before they were copied, ${which}`, {
    remedy: 'raise the retention of the stream, or run the connector more often',
  });

const unknown = (stream: string, which: string): ConnectError =>
  new ConnectError(
    'RECORD_REFUSED',
    `stream ${stream} gives nothing ${which}, and whether retention removed it can't be told: RabbitMQ can't take apart the stream's first part`,
    { remedy: 'write without compression, which RabbitMQ does not take apart for AMQP' },
  );

const ambiguous = (stream: string, which: string): ConnectError =>
  new ConnectError(
    'RECORD_REFUSED',
    `stream ${stream} gives nothing ${which}: stored offsets of stream clients, or compressed batches, which RabbitMQ leaves out for AMQP`,
    { remedy: 'set source.onOffsetGap to skip where no producer of the stream compresses; else write without compression' },
  );

const told = (stream: string, which: string): string =>
  `stream ${stream} gave nothing ${which}, and maybe later ones: offsets that stream clients stored, or compressed batches, which are not copied`;
