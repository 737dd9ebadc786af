/** Requests that this project makes, as RocketMQ's RequestCode names them. */
export const requestCode = {
  PULL_MESSAGE: 11,
  SEARCH_OFFSET_BY_TIMESTAMP: 29,
  GET_MAX_OFFSET: 30,
  GET_MIN_OFFSET: 31,
  GET_ROUTEINFO_BY_TOPIC: 105,
  GET_ALL_TOPIC_LIST_FROM_NAMESERVER: 206,
  SEND_BATCH_MESSAGE: 320,
  GET_TOPIC_CONFIG: 351,
} as const;

/** Answers that this project tells apart, as RocketMQ's ResponseCode names them. */
export const responseCode = {
  SUCCESS: 0,
  SYSTEM_ERROR: 1,
  SYSTEM_BUSY: 2,
  FLUSH_DISK_TIMEOUT: 10,
  SLAVE_NOT_AVAILABLE: 11,
  FLUSH_SLAVE_TIMEOUT: 12,
  MESSAGE_ILLEGAL: 13,
  SERVICE_NOT_AVAILABLE: 14,
  NO_PERMISSION: 16,
  TOPIC_NOT_EXIST: 17,
  PULL_NOT_FOUND: 19,
  PULL_RETRY_IMMEDIATELY: 20,
  PULL_OFFSET_MOVED: 21,
  INVALID_PARAMETER: 29,
  FLOW_CONTROL: 215,
} as const;
