import { ConnectError, type ErrorCode } from '../api/index.ts';
import { responseCode as answer } from './remoting/codes.ts';
import type { RemotingResponse } from './remoting/frame.ts';

/** Who was asked, and about which topic (with its namespace). */
export interface Asked {
  readonly address: string;
  readonly topic: string;
}

interface Meaning {
  readonly code: ErrorCode;
  /** No trigger can succeed until the user has changed something. */
  readonly fatal?: true;
  /** The same request may succeed a moment later; a send tries again until its deadline. */
  readonly again?: true;
  readonly message: (asked: Asked, remark: string) => string;
  readonly remedy: (asked: Asked) => string;
}

const answered = ({ address }: Asked, remark: string): string => `rocketmq.endpoints: ${address} answered: ${remark}`;

const BUSY: Meaning = {
  code: 'THROTTLED',
  again: true,
  message: answered,
  remedy: () => "check the load and the disk of RocketMQ's broker, or run fewer tasks at a time",
};

/**
 * The master stored the messages, but not as durably as it is set up for. Each repeat would store them again, so it is left to the next
 * run.
 */
const NOT_DURABLE: Meaning = {
  code: 'TIMEOUT',
  message: ({ address }) => `rocketmq.endpoints: ${address} stored messages, but did not flush or replicate them in time`,
  remedy: () => "check the disk of RocketMQ's broker, and its replica",
};

const UNKNOWN: Meaning = { code: 'INTERNAL', again: true, message: answered, remedy: () => "look for the cause in RocketMQ's logs" };

const WRONG_KEY: Meaning = {
  code: 'AUTH_FAILED',
  fatal: true,
  message: ({ address }) =>
    `rocketmq.accessKey: ${address} does not accept the access key and its signature, or asks for them where none are set`,
  remedy: () => 'set rocketmq.accessKey and rocketmq.secretKey to those of a RocketMQ user',
};

const READ_ONLY: Meaning = {
  code: 'THROTTLED',
  message: ({ address }) => `rocketmq.endpoints: the broker at ${address} takes no messages: it is set read-only, as for maintenance`,
  remedy: ({ address }) =>
    `wait until its maintenance is over, or let it write: mqadmin updateBrokerConfig -b ${address} -k brokerPermission -v 6`,
};

const NO_SQL: Meaning = {
  code: 'CONFIG_INVALID',
  fatal: true,
  message: ({ address }) => `rocketmq.filter: the broker at ${address} does not filter by SQL92`,
  remedy: ({ address }) =>
    `allow it: mqadmin updateBrokerConfig -b ${address} -k enablePropertyFilter -v true, or filter by rocketmq.tags instead`,
};

const NO_TIMERS: Meaning = {
  code: 'WRONG_KIND',
  fatal: true,
  message: ({ address, topic }) => `rocketmq.topic: the broker at ${address} keeps no messages for later, so topic ${topic} takes none`,
  remedy: () => 'set timerWheelEnable=true in broker.conf, or name a topic of message type NORMAL',
};

/** What RocketMQ's answers other than success mean. An answer that is not listed is retriable: nothing is known against it. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  [answer.SYSTEM_BUSY]: BUSY,
  [answer.FLOW_CONTROL]: BUSY,
  [answer.SERVICE_NOT_AVAILABLE]: BUSY,
  [answer.FLUSH_DISK_TIMEOUT]: NOT_DURABLE,
  [answer.FLUSH_SLAVE_TIMEOUT]: NOT_DURABLE,
  [answer.SLAVE_NOT_AVAILABLE]: NOT_DURABLE,
  [answer.NO_PERMISSION]: {
    code: 'FORBIDDEN',
    fatal: true,
    message: ({ topic }, remark) => `rocketmq.topic: no permission to write to topic ${topic}: ${remark}`,
    remedy: ({ topic }) => `allow it: mqadmin createAcl -s User:<accessKey> -r Topic:${topic} -a Pub -d Allow`,
  },
  [answer.TOPIC_NOT_EXIST]: {
    code: 'NOT_FOUND',
    // While its broker is down, a topic looks the same as one that never was.
    again: true,
    message: ({ address, topic }) => `rocketmq.topic: ${address} knows no running broker with topic ${topic}`,
    remedy: ({ topic }) => `create it: mqadmin updateTopic -n <name server> -c <cluster> -t ${topic} -r 8 -w 8`,
  },
  [answer.MESSAGE_ILLEGAL]: {
    code: 'WRONG_KIND',
    fatal: true,
    message: ({ topic }, remark) => `rocketmq.topic: topic ${topic} does not take plain messages: ${remark}`,
    remedy: () => 'name a topic of message type NORMAL',
  },
  [answer.SUBSCRIPTION_PARSE_FAILED]: {
    code: 'CONFIG_INVALID',
    fatal: true,
    message: (_, remark) => `rocketmq.filter: RocketMQ can't read the expression: ${remark}`,
    remedy: () => "write it in RocketMQ's SQL92, like region = 'EU' AND amount > 100",
  },
  [answer.INVALID_PARAMETER]: {
    code: 'NOT_FOUND',
    message: ({ topic }, remark) => `rocketmq.topic: a queue of topic ${topic} is gone: ${remark}`,
    remedy: () => 'start again, so that the number of its queues is read anew',
  },
};

/** RocketMQ 5 answers a wrong key like a missing permission, RocketMQ 4 like a failure of its own; only the text shows it. */
const WRONG_KEY_TEXT =
  /^(username cannot be null|User:.* is (not found|disabled)|.*Authentication failed|check signature)|AclException.*(signature|accessKey|account)/i;

/** A broker's own permission and a topic's have one code, and one of them comes back by itself. */
const READ_ONLY_TEXT = /^the broker\[.*\] sending message is forbidden/;

/** The broker could not look up its users and their rights, as while it stops: it knows nothing against this one. */
const NOT_LOOKED_UP_TEXT = /from RocksDB failed/;

const NO_SQL_TEXT = /does not support consumer to filter message by SQL92/i;

const NO_TIMERS_TEXT = /timer message is not enabled/;
const FULL_TIMERS_TEXT = /timer message is under flow control/;

/** RocketMQ answered, but not with success. */
export class AnswerError extends ConnectError {
  /** The same request may succeed a moment later. */
  readonly again: boolean;

  constructor(response: Pick<RemotingResponse, 'code' | 'remark'>, asked: Asked) {
    const meaning = meaningOf(response);
    super(meaning.code, meaning.message(asked, brief(response)), { retriable: meaning.fatal !== true, remedy: meaning.remedy(asked) });
    this.again = meaning.again ?? false;
  }
}

function meaningOf({ code, remark }: Pick<RemotingResponse, 'code' | 'remark'>): Meaning {
  if (WRONG_KEY_TEXT.test(remark)) return WRONG_KEY;
  if (READ_ONLY_TEXT.test(remark)) return READ_ONLY;
  if (NOT_LOOKED_UP_TEXT.test(remark)) return UNKNOWN;
  if (NO_SQL_TEXT.test(remark)) return NO_SQL;
  if (NO_TIMERS_TEXT.test(remark)) return NO_TIMERS;
  if (FULL_TIMERS_TEXT.test(remark)) return BUSY;
  return MEANINGS[code] ?? UNKNOWN;
}

/** RocketMQ's own words without links, names of Java's exceptions and stack traces. */
export function brief({ code, remark }: Pick<RemotingResponse, 'code' | 'remark'>): string {
  const text = remark
    .split(/\n|For more information|See http/, 1)[0]
    ?.replace(/^(\s*[\w$.]+(Exception|Error):)+/, '')
    .replace(/[,;]\s*(java|org|io)(\.[\w$]+){2,}\(.*$/, '')
    .trim()
    .slice(0, 300);
  return text ? `${text} (code ${code})` : `code ${code}`;
}
