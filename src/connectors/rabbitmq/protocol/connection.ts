import type { Channel, ChannelModel, ConfirmChannel, Options } from 'amqplib';
import type { ConnectError, Direction } from '../../../api/index.ts';
import { patience } from '../../../kit/index.ts';
import { type Address, parseAddress } from './address.ts';
import { type InnerConnection, innerConnection } from './amqplib-internals.ts';
import type { RabbitmqConnectionConfig } from './connection-config.ts';
import { blockedError, connectionError, silentError } from './errors.ts';
import { Intake } from './intake.ts';

/** AMQP's reply code. */
const INTERNAL_ERROR = 541;
/** The same on every connection, so that administrators know whose it is. */
const CONNECTION_NAME = 'rocketmq-connect';

/** One open AMQP connection to one node. Throws ConnectError. */
export class RabbitmqConnection {
  readonly intake: Intake;
  /** The section of the connector file that names its node, for errors. */
  readonly section: Direction;
  readonly vhost: string;
  /** Empty where a certificate says it. */
  readonly username: string;
  readonly #address: string;
  readonly #model: ChannelModel;
  readonly #inner: InnerConnection;
  readonly #answerMs: number;
  readonly #onLoss = new Set<() => void>();
  #failure: ConnectError | undefined;
  #publishes = false;
  /** Why the server does not take what is published now. */
  #blocked: string | undefined;

  private constructor(model: ChannelModel, section: Direction, { shown: address, vhost, username }: Address, answerMs: number) {
    this.section = section;
    this.vhost = vhost;
    this.username = username;
    this.#model = model;
    this.#address = address;
    this.#answerMs = answerMs;
    this.#inner = innerConnection(model);
    this.intake = new Intake(this.#inner);
    // An error that nobody hears would end the process; what matters of it comes again with the close.
    model.on('error', (error) => {
      this.#failure ??= connectionError(error, address, section);
    });
    model.on('blocked', (reason) => {
      this.#blocked = reason;
    });
    model.on('unblocked', () => {
      this.#blocked = undefined;
    });
    model.on('close', (error) => {
      this.#failure ??= connectionError(error, address, section);
      this.#lost();
    });
  }

  /** `url`: one of the configuration's. */
  static async open(config: RabbitmqConnectionConfig, section: Direction, url: string): Promise<RabbitmqConnection> {
    const { connect, credentials } = (await import('amqplib')).default;
    const parsed = parseAddress(url, config);
    const { protocol, hostname, port, vhost, username, password, shown: address } = parsed;
    const options: Options.Connect = {
      protocol,
      hostname,
      ...(port !== undefined && { port }),
      vhost: encodeURIComponent(vhost),
      heartbeat: Math.ceil(config.heartbeatMs / 1_000),
    };
    const { mechanism, tls, connectTimeoutMs } = config;
    try {
      const model = await connect(options, {
        timeout: connectTimeoutMs,
        noDelay: true,
        clientProperties: { connection_name: CONNECTION_NAME },
        credentials: mechanism === 'EXTERNAL' ? credentials.external() : credentials.plain(username, password),
        ...tls,
      });
      return new RabbitmqConnection(model, section, mechanism === 'EXTERNAL' ? { ...parsed, username: '' } : parsed, connectTimeoutMs);
    } catch (error) {
      throw connectionError(error, address, section);
    }
  }

  /** The server ended it because of a defect of its own, over what it was asked for. */
  get brokeDown(): boolean {
    return (this.#failure?.cause as { code?: unknown } | undefined)?.code === INTERNAL_ERROR;
  }

  /** Major number of the server's version; 0 where it says none. */
  get serverVersion(): number {
    return Number.parseInt(String(this.#inner.serverProperties.version ?? ''), 10) || 0;
  }

  /** Bytes that one frame may have. */
  get frameMax(): number {
    return this.#inner.frameMax;
  }

  /** Why the connection is no more; undefined while it is there. */
  get failure(): ConnectError | undefined {
    return this.#failure;
  }

  /** Calls `tell` when the connection is lost; the result stops that. */
  onLoss(tell: () => void): () => void {
    this.#onLoss.add(tell);
    return () => void this.#onLoss.delete(tell);
  }

  /** `onError` hears why the server closes the channel. */
  async openChannel(onError: (error: Error) => void = () => {}): Promise<Channel> {
    const channel = await this.answered(() => this.#model.createChannel());
    channel.on('error', onError);
    return channel;
  }

  /** The same for one that confirms what is published on it. */
  async openConfirmChannel(onError: (error: Error) => void): Promise<ConfirmChannel> {
    const channel = await this.answered(() => this.#model.createConfirmChannel());
    channel.on('error', onError);
    this.#publishes = true;
    return channel;
  }

  /** Sends frames of the channel of this number, which is open. */
  send(channel: number, frames: Buffer): void {
    this.#inner.channels[channel]?.buffer.write(frames);
  }

  /**
   * What the server answers. Throws `failure` where the connection is lost, and UNREACHABLE where nothing at all comes for so long:
   * then the connection is given up. An answer may be behind many messages. Refusals are thrown as the client's own errors.
   */
  async answered<T>(request: () => Promise<T>, withinMs = this.#answerMs): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    let endWatch = () => {};
    let forget = () => {};
    const noAnswer = new Promise<never>((_, reject) => {
      forget = this.onLoss(() => reject(this.#failure));
      const watch = () => {
        const { receivedBytes } = this.intake;
        endWatch = patience(withinMs, () => {
          // While nothing is read, no answer can come.
          if (this.intake.paused || this.intake.receivedBytes > receivedBytes) watch();
          else this.destroy(this.#blocked === undefined ? silentError(this.#address) : blockedError(this.#address, this.#blocked));
        });
      };
      watch();
    });
    try {
      return await Promise.race([request(), noAnswer]);
    } catch (error) {
      throw this.#failure ?? error;
    } finally {
      forget();
      endWatch();
    }
  }

  /** Ends it at once, without a word to the server: that gives back what was not acknowledged. */
  destroy(reason: ConnectError = silentError(this.#address)): void {
    this.#failure ??= reason;
    this.#lost();
    const { stream } = this.#inner;
    // What was published and has not left this machine must not arrive behind what a successor publishes. Only a socket of TCP can be reset.
    if (this.#publishes && !('encrypted' in stream)) {
      stream.resetAndDestroy();
      stream.emit('error', reason);
    } else stream.destroy(reason);
  }

  #lost(): void {
    this.intake.resume();
    for (const tell of this.#onLoss) tell();
  }

  /** Never rejects. */
  async close(): Promise<void> {
    // The end of the connection comes before the answer, and is no failure here.
    if (this.#failure === undefined) await this.answered(() => this.#model.close()).catch(() => {});
  }
}
