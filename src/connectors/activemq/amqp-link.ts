import rhea, { type Delivery, type EventContext, type Receiver, type Session } from 'rhea';
import type { ConnectError } from '../../api/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import type { ConsumerSpec } from './consumers.ts';
import { linkError, noAnswer } from './errors.ts';

/** Messages that may be out at a time, whether RocketMQ has them or not; rhea keeps a place for each. */
const SESSION_MESSAGES = 65_536;
/** What the broker may take to answer that a link is open, or closed; messages that are still on their way come first. */
const ANSWER_LIMIT_MS = 5_000;
/** Any format but 0, for which rhea would decode the message and lose types and digits. */
const UNDECODED = 1;
const { accepted } = rhea.message as unknown as { accepted(fields: object): { described(): object } };
const ACCEPTED = accepted({}).described();

/** What rhea leaves out of its types. */
interface OpenSession extends Session {
  on_transfer(frame: { readonly performative: { message_format: number } }): void;
}
interface OpenConnection {
  create_session(messages: number): OpenSession;
}

/** What a link tells its reader. */
export interface LinkEvents {
  message(bytes: Buffer, delivery: Delivery): void;
  /** The broker has nothing more for the credit that was left; that credit is gone. */
  drained(): void;
  failed(error: ConnectError): void;
}

/** A link that receives from one queue or subscription, in a session of its own. It gives credit only as its reader says. */
export class AmqpLink {
  readonly #connection: AmqpConnection;
  readonly #spec: ConsumerSpec;
  readonly #session: OpenSession;
  readonly #receiver: Receiver;
  readonly #unlisten: () => void;
  #ended = false;
  /** What the broker took to answer when the link was opened: the way there and back. */
  answerMs = 0;

  private constructor(connection: AmqpConnection, spec: ConsumerSpec, events: LinkEvents, durable: boolean) {
    this.#connection = connection;
    this.#spec = spec;
    this.#session = openSession(connection);
    this.#receiver = this.#session.attach_receiver({
      ...(durable && { name: spec.durable?.name }),
      credit_window: 0,
      autoaccept: false,
      autosettle: false,
      source: {
        address: connection.addressOf(spec.kind, spec.address),
        capabilities: [spec.kind],
        ...(durable && { durable: 2, expiry_policy: 'never' }),
        ...(spec.selector !== undefined && { filter: rhea.filter.selector(spec.selector) }),
      },
    });
    const end = (error: ConnectError) => {
      if (this.#ended) return;
      this.#ended = true;
      events.failed(error);
    };
    const closed = () => end(linkError(this.#receiver.error as object | undefined, `${spec.kind} ${spec.address}`));
    for (const event of ['receiver_error', 'receiver_close']) this.#receiver.on(event, closed);
    for (const event of ['session_error', 'session_close']) this.#session.on(event, closed);
    this.#receiver.on('message', ({ message, delivery }: EventContext) => {
      if (!this.#ended) events.message(message as unknown as Buffer, delivery as Delivery);
    });
    this.#receiver.on('receiver_drained', () => events.drained());
    this.#unlisten = connection.onFailure(end);
  }

  /** Resolves once the broker agreed. Throws its refusal. `durable`: makes or resumes the subscription of the spec, where it is one. */
  static async open(connection: AmqpConnection, spec: ConsumerSpec, events: LinkEvents, durable = true): Promise<AmqpLink> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const began = performance.now();
    let opened = false;
    const failed = (error: ConnectError) => (opened ? events.failed(error) : reject(error));
    const link = new AmqpLink(connection, spec, { ...events, failed }, durable && spec.durable !== undefined);
    // A broker that refuses a link opens it without a source first, and then closes it with the reason.
    link.#receiver.on('receiver_open', () => {
      if (link.#receiver.source?.address != null) resolve();
    });
    const late = setTimeout(() => connection.abandon(noAnswer(connection.url, ANSWER_LIMIT_MS)), ANSWER_LIMIT_MS);
    try {
      await promise;
    } finally {
      clearTimeout(late);
    }
    opened = true;
    link.answerMs = performance.now() - began;
    return link;
  }

  /** Messages that the broker may still send. */
  get credit(): number {
    return (this.#receiver as unknown as { readonly credit: number }).credit;
  }

  addCredit(messages: number): void {
    this.#receiver.drain = false;
    this.#receiver.add_credit(messages);
  }

  /** Asks for what there is within the credit; `drained` is called then. */
  drain(): void {
    this.#receiver.drain_credit();
  }

  /** The broker may forget these. Neighbours go in one frame. */
  accept(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) delivery.update(true, ACCEPTED);
  }

  /**
   * Ends the link, not a subscription. When it returns, the broker has taken note of everything accepted before, and has put back
   * what was not, in its place and without counting it as a delivery.
   */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#unlisten();
    const { url } = this.#connection;
    const late = setTimeout(() => this.#connection.abandon(noAnswer(url, ANSWER_LIMIT_MS)), ANSWER_LIMIT_MS);
    const { promise, resolve } = Promise.withResolvers<void>();
    const unlisten = this.#connection.onFailure(() => resolve());
    this.#receiver.once('receiver_close', () => resolve());
    if (this.#spec.durable === undefined) this.#receiver.close();
    else this.#receiver.detach();
    await promise;
    clearTimeout(late);
    unlisten();
    this.#session.close();
  }
}

function openSession({ connection }: AmqpConnection): OpenSession {
  const session = (connection as unknown as OpenConnection).create_session(SESSION_MESSAGES);
  const onTransfer = session.on_transfer;
  session.on_transfer = (frame) => {
    frame.performative.message_format = UNDECODED;
    onTransfer.call(session, frame);
  };
  session.begin();
  return session;
}
