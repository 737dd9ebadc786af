import { Server, ServerCredentials, type ServerDuplexStream, type StatusObject, type sendUnaryData } from '@grpc/grpc-js';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import grpc from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_grpc_pb.js';
import service, {
  type SendMessageRequest,
  type SendMessageResponse,
  type TelemetryCommand,
} from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';

interface Stored {
  readonly code: number;
  readonly message?: string;
}

/** What becomes of the messages of a request: RocketMQ's code, or one of gRPC's own (`grpc`); `silence` never answers. */
export type Reaction = Stored | { readonly grpc: number } | 'silence';

export const stored = { code: 20_000 } as const satisfies Reaction;
const EMPTY_BODY = { code: 41_302, message: 'message body cannot be empty' };

/**
 * A proxy's gRPC port, whose answers to messages are scripted: a real one can't be made to refuse, to throttle or to be late on demand. All
 * else is answered as RocketMQ does for a topic of one queue.
 */
export class FakeGrpcProxy implements AsyncDisposable {
  /** Decides the answer to each request of messages; `index` counts them, from 0. */
  onSend: (index: number, bodies: readonly string[]) => Reaction | Promise<Reaction> = () => stored;
  /** What gRPC says of each call in place of an answer: what stands before a proxy refuses so, and an old proxy. */
  refusal: Pick<StatusObject, 'code' | 'details'> | undefined;
  /** Whether clients get their settings, without which they do not start. */
  answersTelemetry = true;
  /** Whether it answers questions for the route, by the number of questions before. */
  answersRoute: (index: number) => boolean = () => true;
  messageType: 'NORMAL' | 'FIFO' | 'DELAY' = 'NORMAL';
  /** The address that the route names, `127.0.0.1:port`; default its own. */
  routed: string | undefined;
  /** The bodies of each request that held messages, in the order in which the requests came. */
  readonly sends: string[][] = [];
  /** Questions for the route so far. */
  routes = 0;
  /** Streams of settings that clients hold open. */
  streams = 0;
  readonly #server = new Server();
  #port = 0;

  static async start(): Promise<FakeGrpcProxy> {
    const fake = new FakeGrpcProxy();
    fake.#server.addService(grpc.MessagingServiceService, {
      queryRoute: (_: unknown, answer: sendUnaryData<unknown>) => {
        if (fake.refusal !== undefined) answer(fake.refusal);
        else if (fake.answersRoute(fake.routes++)) answer(null, fake.#route());
      },
      heartbeat: (_: unknown, answer: sendUnaryData<unknown>) => answer(null, new service.HeartbeatResponse().setStatus(status(stored))),
      notifyClientTermination: (_: unknown, answer: sendUnaryData<unknown>) =>
        answer(null, new service.NotifyClientTerminationResponse().setStatus(status(stored))),
      telemetry: (stream: ServerDuplexStream<TelemetryCommand, TelemetryCommand>) => {
        fake.streams += 1;
        stream.on('cancelled', () => stream.end()).on('close', () => (fake.streams -= 1));
        stream.on('data', (command: TelemetryCommand) => fake.answersTelemetry && stream.write(withBackOff(command)));
        stream.on('end', () => stream.end()).on('error', () => {});
      },
      sendMessage: ({ request }: { request: SendMessageRequest }, answer: sendUnaryData<SendMessageResponse>) =>
        void fake.#take(request).then((reaction) => {
          if (reaction === 'silence') return;
          if ('grpc' in reaction) answer({ code: reaction.grpc, details: 'scripted' });
          else answer(null, sent(reaction));
        }),
    });
    fake.#port = await new Promise((resolve, reject) => {
      fake.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return fake;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Hangs up on all clients. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
  }

  /** A request with an empty body asks for the permission. */
  async #take(request: SendMessageRequest): Promise<Reaction> {
    const bodies = request.getMessagesList().map((message) => Buffer.from(message.getBody_asU8()).toString());
    if (bodies.includes('')) return EMPTY_BODY;
    this.sends.push(bodies);
    return this.onSend(this.sends.length - 1, bodies);
  }

  #route() {
    const address = new definition.Address().setHost('127.0.0.1').setPort(Number((this.routed ?? this.address).split(':')[1]));
    const endpoints = new definition.Endpoints().setScheme(definition.AddressScheme.IPV4).setAddressesList([address]);
    const queue = new definition.MessageQueue()
      .setTopic(new definition.Resource().setName('orders'))
      .setPermission(definition.Permission.READ_WRITE)
      .setBroker(new definition.Broker().setName('broker-a').setEndpoints(endpoints))
      .setAcceptMessageTypesList([definition.MessageType[this.messageType]]);
    return new service.QueryRouteResponse().setStatus(status(stored)).setMessageQueuesList([queue]);
  }
}

/** Settings as they come back: the client's own, and how long to wait before it tries again. */
function withBackOff(command: TelemetryCommand): TelemetryCommand {
  const limit = command.getSettings()?.getRequestTimeout();
  const backOff = new definition.ExponentialBackoff().setInitial(limit).setMax(limit).setMultiplier(2);
  command.getSettings()?.setBackoffPolicy(new definition.RetryPolicy().setMaxAttempts(3).setExponentialBackoff(backOff));
  return command;
}

const status = ({ code, message = '' }: Stored) => new definition.Status().setCode(code as 0).setMessage(message);

const sent = (reaction: Stored): SendMessageResponse =>
  new service.SendMessageResponse().setStatus(status(reaction)).setEntriesList([new service.SendResultEntry().setStatus(status(reaction))]);
