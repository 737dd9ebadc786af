import rhea, { type Delivery, type EventContext } from 'rhea';
import type { ConnectError } from '../../../api/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import { linkError } from './errors/link-errors.ts';
import { ACCEPTED, type InnerReceiver, type InnerSession, innerReceiver, innerSession } from './rhea-internals.ts';

/** Messages that may be out at a time, whether RocketMQ has them or not; rhea keeps a place for each. */
const SESSION_MESSAGES = 65_536;
/** How long the broker may be silent while links wait for its answer that they are open, or closed; longer where connections have longer. */
const ANSWER_LIMIT_MS = 5_000;
/** Added to a message's format: rhea decodes those of format 0, and would lose types and digits. */
const UNDECODED = 1;
/** Either may name a selector among a link's filters. */
const SELECTOR_NAMES = ['jms-selector', 'apache.org:selector-filter:string'];

/** What a link reads. */
export interface LinkSpec {
  readonly kind: 'queue' | 'topic';
  /** Name of the queue or topic, without `queue://` or `topic://`. */
  readonly address: string;
  /** For errors: `queue orders`, `subscription copy of topic prices`. */
  readonly source: string;
  readonly selector?: string;
  /** The name under which the broker keeps a subscription; absent where it is none. */
  readonly durable?: { readonly name: string };
}

/** One delivery, as it came. */
export interface Received {
  readonly bytes: Buffer;
  /** AMQP's own is 0; the bytes of any other are not known here. */
  readonly format: number;
}

/** What a link tells its reader. */
export interface LinkEvents {
  message(received: Received, delivery: Delivery): void;
  /** The broker has nothing more for the credit that was left; that credit is gone. */
  drained(): void;
  failed(error: ConnectError): void;
}

/** What kind of link to open. */
export type LinkKind =
  /** Takes messages of a queue or a subscription, which it makes or resumes. */
  | 'consumer'
  /** Looks at messages of a queue and leaves them there. */
  | 'browser'
  /** To a topic, for as long as the link is open. */
  | 'passer-by'
  /** Resumes a subscription as it is. NOT_FOUND where there is none. */
  | 'resumed';

/** A link that receives from one queue or subscription, in a session of its own. It gives credit only as its reader says. */
export class AmqpLink {
  readonly #connection: AmqpConnection;
  readonly #session: InnerSession;
  readonly #receiver: InnerReceiver;
  /** It is of a subscription that outlives it. */
  readonly #lasting: boolean;
  #unlisten: () => void = () => {};
  #ended = false;
  /** What the broker took to answer when the link was opened: the way there and back. */
  answerMs = 0;

  private constructor(connection: AmqpConnection, spec: LinkSpec, events: LinkEvents, kind: LinkKind) {
    this.#connection = connection;
    connection.links += 1;
    this.#lasting = spec.durable !== undefined && (kind === 'consumer' || kind === 'resumed');
    this.#session = openSession(connection);
    const receiver = this.#session.attach_receiver({
      ...(this.#lasting && { name: spec.durable?.name }),
      credit_window: 0,
      autoaccept: false,
      autosettle: false,
      ...(kind !== 'resumed' && { source: sourceOf(connection, spec, kind, this.#lasting) }),
    });
    this.#receiver = innerReceiver(receiver);
    const end = (error: ConnectError) => {
      if (this.#ended) return;
      this.#ended = true;
      this.#forget();
      events.failed(error);
    };
    const closed = () => {
      connection.heard();
      end(linkError(this.#receiver.error as object | undefined, spec.source, connection.section));
    };
    for (const event of ['receiver_error', 'receiver_close']) this.#receiver.on(event, closed);
    for (const event of ['session_error', 'session_close']) this.#session.on(event, closed);
    this.#receiver.on('message', ({ message, delivery }: EventContext) => {
      connection.heard();
      const { format = UNDECODED } = delivery as Delivery;
      if (!this.#ended) events.message({ bytes: message as unknown as Buffer, format: format - UNDECODED }, delivery as Delivery);
    });
    this.#receiver.on('receiver_drained', () => {
      connection.heard();
      events.drained();
    });
    this.#unlisten = connection.onFailure(end);
  }

  /** Resolves once the broker agreed. Throws its refusal. */
  static async open(connection: AmqpConnection, spec: LinkSpec, events: LinkEvents, kind: LinkKind = 'consumer'): Promise<AmqpLink> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const began = performance.now();
    let opened = false;
    const failed = (error: ConnectError) => (opened ? events.failed(error) : reject(error));
    const link = new AmqpLink(connection, spec, { ...events, failed }, kind);
    // A broker that refuses a link opens it without a source first, and then closes it with the reason.
    link.#receiver.on('receiver_open', () => {
      if (link.#receiver.source?.address == null) return;
      connection.heard();
      resolve();
    });
    const answered = connection.expectWithin(answerLimitMs(connection));
    try {
      await promise;
    } finally {
      answered();
    }
    opened = true;
    link.answerMs = performance.now() - began;
    return link;
  }

  /** Messages that the broker may still send. */
  get credit(): number {
    return this.#receiver.credit;
  }

  /** The selector that the broker has for this link. */
  get selector(): string | undefined {
    const filter = this.#receiver.source?.filter as Readonly<Record<string, unknown>> | undefined;
    const found = SELECTOR_NAMES.map((name) => filter?.[name]).find((value) => value != null);
    return found === undefined ? undefined : String(found);
  }

  /** As the broker names what the link reads. */
  get address(): string {
    return String(this.#receiver.source?.address);
  }

  addCredit(messages: number): void {
    if (this.#ended) return;
    this.#receiver.drain = false;
    this.#receiver.add_credit(messages);
  }

  /** Asks for what there is within the credit; `drained` is called then. */
  drain(): void {
    if (!this.#ended) this.#receiver.drain_credit();
  }

  /** The broker may forget these. Neighbours go in one frame. */
  accept(deliveries: readonly Delivery[]): void {
    // Behind the end of its session, a broker takes it for an error of the whole connection.
    if (this.#ended) return;
    for (const delivery of deliveries) delivery.update(true, ACCEPTED);
  }

  /** A connection that lives on keeps nothing of a link that was refused or has ended. */
  #forget(): void {
    this.#unlisten();
    this.#connection.links -= 1;
    if (this.#connection.failure !== undefined) return;
    // A session that ends first would have its link's end come behind its own.
    this.#endLink();
    this.#session.close();
  }

  #endLink(): void {
    if (this.#lasting) this.#receiver.detach();
    else this.#receiver.close();
  }

  /**
   * Ends the link, not a subscription. When it returns, the broker has taken note of everything accepted before, and has put back
   * what was not, in its place and without counting it as a delivery.
   */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#unlisten();
    const answered = this.#connection.expectWithin(answerLimitMs(this.#connection));
    const { promise, resolve } = Promise.withResolvers<void>();
    const unlisten = this.#connection.onFailure(() => resolve());
    this.#receiver.once('receiver_close', () => resolve());
    this.#endLink();
    await promise;
    this.#connection.heard();
    answered();
    unlisten();
    this.#connection.links -= 1;
    this.#session.close();
  }
}

const answerLimitMs = ({ connectTimeoutMs }: AmqpConnection): number => Math.max(ANSWER_LIMIT_MS, connectTimeoutMs);

function sourceOf(connection: AmqpConnection, { kind, address, selector }: LinkSpec, link: LinkKind, lasting: boolean) {
  return {
    address: connection.addressOf(kind, address),
    capabilities: [kind],
    ...(lasting && { durable: 2, expiry_policy: 'never' }),
    ...(link === 'browser' && { distribution_mode: 'copy' }),
    ...(selector !== undefined && { filter: rhea.filter.selector(selector) }),
  };
}

function openSession({ connection }: AmqpConnection): InnerSession {
  const session = innerSession(connection.create_session(SESSION_MESSAGES));
  const onTransfer = session.on_transfer;
  session.on_transfer = (frame) => {
    frame.performative.message_format = (frame.performative.message_format ?? 0) + UNDECODED;
    onTransfer.call(session, frame);
  };
  session.begin();
  return session;
}
