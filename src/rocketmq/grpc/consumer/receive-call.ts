import { type Client, status as grpcStatus, type Metadata } from '@grpc/grpc-js';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { patience, silence } from '../../../kit/index.ts';
import { RefusedStatus } from './refused-status.ts';
import { decodeReceived, type WireMessage, type WireReceived } from './wire.ts';

const { Code } = definition;

const PATH = '/apache.rocketmq.v2.MessagingService/ReceiveMessage';

export interface ReceiveCall {
  readonly client: Client;
  /** Serialized. */
  readonly request: Buffer;
  readonly metadata: Metadata;
  /** ms since 1970. A proxy takes no call without one. What comes later has been given to others. */
  readonly deadline: number;
  /** The call ends once nothing has come from the proxy for so long, ms. A large answer over a slow network may take longer. */
  readonly silenceMs: number;
  readonly heard: Heard;
  /** It ends a call whose answer has not begun. The proxy itself holds an empty one for 5 s. */
  readonly signal: AbortSignal;
  /** How long an answer that has begun may take after the signal was aborted, ms. What has come by then is kept; the rest comes again. */
  readonly restMs: number;
}

/** Counts what has come from a proxy, for any call: those that are on their way at once share the network. */
export interface Heard {
  /** Messages, and answers that there are none. */
  parts: number;
  messages: number;
}

const identity = (bytes: Buffer): Buffer => bytes;
const LATE = 'no answer in time';
const isNothing = (code: number): boolean => code === Code.OK || code === Code.MESSAGE_NOT_FOUND;

/**
 * Receives once. Resolves with what came; with nothing where no answer began before the signal was aborted. An answer that has begun is
 * awaited for `restMs` more: its messages are invisible to all others. Rejects with a RefusedStatus or what grpc-js says, if no message
 * came.
 */
export function receiveOnce(options: ReceiveCall): Promise<WireMessage[]> {
  const { client, request, metadata, deadline, silenceMs, heard, signal, restMs } = options;
  return new Promise((resolve, reject) => {
    const messages: WireMessage[] = [];
    let refused: RefusedStatus | undefined;
    let late: Error | undefined;
    const call = client.makeServerStreamRequest<Buffer, WireReceived>(PATH, identity, decodeReceived, request, metadata, { deadline });
    let hasBegun = false;
    let endRest = () => {};
    const stop = () => {
      if (hasBegun) endRest = patience(restMs, () => call.cancel());
      else call.cancel();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const endSilence = silence(
      silenceMs,
      () => heard.parts,
      () => {
        late = Object.assign(new Error(LATE), { code: grpcStatus.DEADLINE_EXCEEDED, details: LATE });
        call.cancel();
      },
    );
    call.on('data', ({ status, message }: WireReceived) => {
      hasBegun = true;
      heard.parts += 1;
      if (message !== null) {
        heard.messages += 1;
        messages.push(message);
      }
      if (status !== null && !isNothing(status.code)) refused = new RefusedStatus(status);
    });
    const end = (error?: Error) => {
      signal.removeEventListener('abort', stop);
      endRest();
      endSilence();
      const failure = refused ?? late ?? error;
      if (failure === undefined || messages.length > 0) resolve(messages);
      else reject(failure);
    };
    call.on('end', () => end());
    call.on('error', (error: Error & { code?: number }) => end(error.code === grpcStatus.CANCELLED ? undefined : error));
  });
}
