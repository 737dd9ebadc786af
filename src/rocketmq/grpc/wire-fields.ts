/** The numbers of fields and values in RocketMQ's definition.proto and service.proto. */
export const SEND_REQUEST = { messages: 1 } as const;
export const MESSAGE = { topic: 1, userProperties: 2, systemProperties: 3, body: 4 } as const;
export const RESOURCE = { name: 2 } as const;
export const ENTRY = { key: 1, value: 2 } as const;
export const SYSTEM = {
  tag: 1,
  keys: 2,
  messageId: 3,
  bodyEncoding: 5,
  messageType: 6,
  bornAt: 7,
  bornHost: 8,
  deliverAt: 11,
  group: 17,
} as const;
export const TIME = { seconds: 1, nanos: 2 } as const;
export const IDENTITY = 1;
export const MESSAGE_TYPES = { NORMAL: 1, FIFO: 2, DELAY: 3 } as const;
