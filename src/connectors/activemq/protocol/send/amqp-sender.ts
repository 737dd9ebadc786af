import type { Delivery, EventContext, Sender, Session } from 'rhea';
import type { ConnectError } from '../../../../api/index.ts';
import { silence } from '../../../../kit/index.ts';
import type { AmqpConnection } from '../amqp-connection.ts';
import type { AmqpCondition } from '../errors/conditions.ts';
import { noAnswer } from '../errors/connection-errors.ts';
import { linkError } from '../errors/link-errors.ts';
import { noCredit } from '../errors/send-errors.ts';

/** How long a broker may be silent while a link waits for its answer that it is open; longer where connections have longer. */
const ANSWER_LIMIT_MS = 5_000;
/** AMQP's own format of messages. rhea takes what has a format for encoded. */
const ENCODED = 0;

/** Where a link sends. */
export interface TargetSpec {
  readonly kind: 'queue' | 'topic';
  /** Without `queue://` or `topic://`. */
  readonly address: string;
}

export const targetName = ({ kind, address }: TargetSpec): string => `${kind} ${address}`;

/** What the broker made of a message. */
export type Outcome =
  | { readonly kind: 'accepted' }
  /** `undeliverable`: the broker says that it will never take it from here. */
  | { readonly kind: 'released'; readonly undeliverable: boolean }
  | { readonly kind: 'rejected'; readonly error: AmqpCondition | undefined };

interface OutcomeState {
  readonly constructor: { readonly composite_type?: string };
  readonly error?: AmqpCondition;
  readonly undeliverable_here?: boolean;
}

interface Sending {
  readonly messages: readonly Buffer[];
  readonly outcomes: Array<Outcome | undefined>;
  readonly places: Map<Delivery, number>;
  next: number;
  settled: number;
  done(): void;
}

/** A link that sends to one queue or topic, in a session of its own, as far as the broker gives credit. */
export class AmqpSender {
  readonly connection: AmqpConnection;
  readonly target: TargetSpec;
  readonly #session: Session;
  readonly #sender: Sender;
  readonly #unlisten: () => void;
  #failure: ConnectError | undefined;
  #sending: Sending | undefined;
  #signs = 0;

  private constructor(connection: AmqpConnection, target: TargetSpec) {
    this.connection = connection;
    this.target = target;
    connection.links += 1;
    connection.sends = true;
    this.#session = connection.connection.create_session();
    this.#session.begin();
    const { kind, address } = target;
    this.#sender = this.#session.open_sender({
      target: { address: connection.addressOf(kind, address), capabilities: [kind] },
      treat_modified_as_released: false,
    });
    const closed = () => {
      connection.heard();
      this.#fail(linkError(this.#sender.error as object | undefined, targetName(target), connection.section));
    };
    for (const event of ['sender_error', 'sender_close']) this.#sender.on(event, closed);
    for (const event of ['session_error', 'session_close']) this.#session.on(event, closed);
    // rhea tells of each outcome by its own name first, and throws none where nobody listens.
    this.#sender.on('settled', ({ delivery }: EventContext) => this.#settled(delivery as Delivery));
    this.#sender.on('sender_flow', () => this.#sign());
    this.#sender.on('sendable', () => this.#pump());
    this.#unlisten = connection.onFailure((error) => this.#fail(error));
  }

  /** Resolves once the broker agreed. Throws its refusal. */
  static async open(connection: AmqpConnection, target: TargetSpec): Promise<AmqpSender> {
    const own = new AmqpSender(connection, target);
    const answered = connection.expectWithin(Math.max(ANSWER_LIMIT_MS, connection.connectTimeoutMs));
    try {
      await new Promise<void>((resolve, reject) => {
        own.#onFailure = reject;
        if (own.#failure !== undefined) reject(own.#failure);
        // A broker that refuses a link opens it without a target first, and then closes it with the reason.
        own.#sender.on('sender_open', () => {
          if (own.#sender.target?.address == null) return;
          connection.heard();
          resolve();
        });
      });
    } finally {
      answered();
      own.#onFailure = () => {};
    }
    return own;
  }

  #onFailure: (error: ConnectError) => void = () => {};

  get failure(): ConnectError | undefined {
    return this.#failure;
  }

  get isSending(): boolean {
    return this.#sending !== undefined;
  }

  /** Bytes that a message may have; undefined where the broker says nothing of it. */
  get maxMessageBytes(): number | undefined {
    const most = Number(this.#sender.max_message_size ?? 0);
    return most > 0 ? most : undefined;
  }

  /**
   * Sends encoded messages in their order. Resolves with what became of each, undefined where that is not known: then `failure` says why.
   * The connection is given up where the broker settles nothing and gives no credit for so long. Call it again only after that.
   */
  async send(messages: readonly Buffer[], withinMs: number): Promise<Array<Outcome | undefined>> {
    const outcomes: Array<Outcome | undefined> = messages.map(() => undefined);
    const unwatch = silence(
      withinMs,
      () => this.#signs,
      () => this.connection.abandon(this.#silentError(withinMs)),
    );
    try {
      await new Promise<void>((resolve) => {
        this.#sending = { messages, outcomes, places: new Map(), next: 0, settled: 0, done: resolve };
        if (this.#failure !== undefined) resolve();
        else this.#pump();
      });
    } finally {
      unwatch();
      this.#sending = undefined;
    }
    return outcomes;
  }

  /** Nothing may be on its way. */
  close(): void {
    if (this.#failure !== undefined) return;
    this.#sender.removeAllListeners();
    this.#session.removeAllListeners();
    this.#end();
    this.#sender.close();
    this.#session.close();
  }

  #silentError(ms: number): ConnectError {
    const { url, section } = this.connection;
    return this.#sender.sendable() ? noAnswer(url, ms, section) : noCredit(targetName(this.target), ms);
  }

  #pump(): void {
    const sending = this.#sending;
    if (sending === undefined || this.#failure !== undefined) return;
    for (; sending.next < sending.messages.length && this.#sender.sendable(); sending.next += 1) {
      const message = sending.messages[sending.next] as Buffer;
      sending.places.set(this.#sender.send(message as never, undefined, ENCODED), sending.next);
    }
  }

  #settled(delivery: Delivery): void {
    this.#sign();
    const sending = this.#sending;
    const place = sending?.places.get(delivery);
    if (sending === undefined || place === undefined) return;
    sending.outcomes[place] = outcomeOf(delivery.remote_state as unknown as OutcomeState | undefined);
    sending.settled += 1;
    if (sending.settled === sending.messages.length) sending.done();
    else this.#pump();
  }

  #sign(): void {
    this.#signs += 1;
    this.connection.heard();
  }

  #fail(error: ConnectError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#end();
    this.#onFailure(error);
    this.#sending?.done();
    if (this.connection.failure === undefined) this.#session.close();
  }

  #end(): void {
    this.#unlisten?.();
    this.connection.links -= 1;
  }
}

/** A broker that settles without a word leaves it open what it did. */
function outcomeOf(state: OutcomeState | undefined): Outcome | undefined {
  switch (state?.constructor.composite_type) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'rejected':
      return { kind: 'rejected', error: state.error };
    case 'released':
    case 'modified':
      return { kind: 'released', undeliverable: state.undeliverable_here === true };
    default:
      return undefined;
  }
}
