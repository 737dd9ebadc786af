import protobuf from 'protobufjs/light.js';

/**
 * What is sent and received most often, as `rocketmq-client-nodejs` has it in its .proto files, without the fields that nothing reads here.
 * google-protobuf takes three times as long for them. What comes whole from that client stays bytes.
 */
const { nested } = {
  nested: {
    Status: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
    Timestamp: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    SystemProperties: {
      fields: {
        tag: { type: 'string', id: 1 },
        keys: { rule: 'repeated', type: 'string', id: 2 },
        messageId: { type: 'string', id: 3 },
        bornTimestamp: { type: 'Timestamp', id: 7 },
        storeTimestamp: { type: 'Timestamp', id: 9 },
        receiptHandle: { type: 'string', id: 12 },
        queueId: { type: 'int32', id: 13 },
        queueOffset: { type: 'int64', id: 14 },
        deliveryAttempt: { type: 'int32', id: 16 },
        messageGroup: { type: 'string', id: 17 },
        bodyEncoding: { type: 'int32', id: 5 },
      },
    },
    Message: {
      fields: {
        userProperties: { keyType: 'string', type: 'string', id: 2 },
        systemProperties: { type: 'SystemProperties', id: 3 },
        body: { type: 'bytes', id: 4 },
      },
    },
    ReceiveMessageResponse: { fields: { status: { type: 'Status', id: 1 }, message: { type: 'Message', id: 2 } } },
    AckMessageEntry: { fields: { messageId: { type: 'string', id: 1 }, receiptHandle: { type: 'string', id: 2 } } },
    AckMessageRequest: {
      fields: {
        group: { type: 'bytes', id: 1 },
        topic: { type: 'bytes', id: 2 },
        entries: { rule: 'repeated', type: 'AckMessageEntry', id: 3 },
      },
    },
    AckMessageResultEntry: {
      fields: { messageId: { type: 'string', id: 1 }, receiptHandle: { type: 'string', id: 2 }, status: { type: 'Status', id: 3 } },
    },
    AckMessageResponse: {
      fields: { status: { type: 'Status', id: 1 }, entries: { rule: 'repeated', type: 'AckMessageResultEntry', id: 2 } },
    },
    Duration: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    ChangeInvisibleDurationRequest: {
      fields: {
        group: { type: 'bytes', id: 1 },
        topic: { type: 'bytes', id: 2 },
        receiptHandle: { type: 'string', id: 3 },
        invisibleDuration: { type: 'Duration', id: 4 },
        messageId: { type: 'string', id: 5 },
      },
    },
    ChangeInvisibleDurationResponse: { fields: { status: { type: 'Status', id: 1 }, receiptHandle: { type: 'string', id: 2 } } },
  },
};

const root = protobuf.Root.fromJSON({ nested });

/** A number of 64 bits as protobufjs gives it. Those that are read here are below 2^53. */
export type Whole = number | { toNumber(): number };

export const toNumber = (value: Whole): number => (typeof value === 'number' ? value : value.toNumber());

export interface WireStatus {
  readonly code: number;
  readonly message: string;
}

export interface WireTimestamp {
  readonly seconds: Whole;
  readonly nanos: number;
}

/** Fields that are absent have their defaults: an empty text, 0, null. */
export interface WireMessage {
  readonly userProperties: Readonly<Record<string, string>>;
  readonly systemProperties: {
    readonly tag: string;
    readonly keys: readonly string[];
    readonly messageId: string;
    readonly bornTimestamp: WireTimestamp | null;
    readonly storeTimestamp: WireTimestamp | null;
    readonly receiptHandle: string;
    readonly queueId: number;
    readonly queueOffset: Whole;
    readonly deliveryAttempt: number;
    readonly messageGroup: string;
    readonly bodyEncoding: number;
  } | null;
  readonly body: Uint8Array;
}

export interface WireReceived {
  readonly status: WireStatus | null;
  readonly message: WireMessage | null;
}

export interface WireAcknowledged {
  readonly status: WireStatus | null;
  readonly entries: ReadonlyArray<{ readonly receiptHandle: string; readonly status: WireStatus | null }>;
}

export interface AckEntry {
  readonly messageId: string;
  readonly receiptHandle: string;
}

export interface AckRequest {
  /** Resources, serialized. */
  readonly group: Uint8Array;
  readonly topic: Uint8Array;
  readonly entries: readonly AckEntry[];
}

export interface InvisibleRequest extends AckEntry {
  /** Resources, serialized. */
  readonly group: Uint8Array;
  readonly topic: Uint8Array;
  readonly ms: number;
}

export interface WireInvisible {
  readonly status: WireStatus | null;
  readonly receiptHandle: string;
}

const received = root.lookupType('ReceiveMessageResponse');
const ackRequest = root.lookupType('AckMessageRequest');
const acknowledged = root.lookupType('AckMessageResponse');
const invisibleRequest = root.lookupType('ChangeInvisibleDurationRequest');
const invisible = root.lookupType('ChangeInvisibleDurationResponse');

export const decodeReceived = (bytes: Uint8Array): WireReceived => received.decode(bytes) as unknown as WireReceived;

export const encodeAck = (request: AckRequest): Buffer => Buffer.from(ackRequest.encode(request as object as protobuf.Message).finish());

export function encodeInvisible({ ms, ...request }: InvisibleRequest): Buffer {
  const invisibleDuration = { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
  return Buffer.from(invisibleRequest.encode({ ...request, invisibleDuration } as object as protobuf.Message).finish());
}

export const decodeInvisible = (bytes: Uint8Array): WireInvisible => invisible.decode(bytes) as unknown as WireInvisible;

export const decodeAcknowledged = (bytes: Uint8Array): WireAcknowledged => acknowledged.decode(bytes) as unknown as WireAcknowledged;
