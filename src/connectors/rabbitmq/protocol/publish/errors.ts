import { ConnectError } from '../../../../api/index.ts';
import { type ErrorEntry, type ErrorTable, entryFor, errorFrom } from '../../../../kit/index.ts';
import { channelError } from '../errors.ts';

/** What was published to, and by whom. */
export interface Published {
  readonly exchange: string;
  readonly vhost: string;
  /** Undefined where a certificate says it. */
  readonly username: string | undefined;
}

/** RabbitMQ's own name for the default exchange, in permissions. */
const DEFAULT_EXCHANGE = 'amq.default';

const exact = (name: string): string => `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Why the server closed a channel on which something was published, where that means something else than to who reads. */
const publishErrors = ({ exchange, vhost, username = 'USER' }: Published): ErrorTable => {
  const user = `-p ${quoted(vhost)} ${quoted(username)}`;
  return [
    [
      /internal exchange/,
      { code: 'WRONG_KIND', means: 'is internal: no client may publish to it', remedy: 'name another one in sink.exchange' },
    ],
    [
      /access to topic/,
      {
        code: 'FORBIDDEN',
        means: 'may not be published to by this user with this routing key',
        remedy: `let the user's write pattern match it: rabbitmqctl set_topic_permissions ${user} ${quoted(exchange)} WRITE READ sets both patterns anew`,
      },
    ],
    [
      '403',
      {
        code: 'FORBIDDEN',
        means: 'may not be published to by this user',
        remedy: `add ${exact(exchange || DEFAULT_EXCHANGE)} to the user's write pattern: rabbitmqctl list_user_permissions ${quoted(username)} shows its patterns, and set_permissions ${user} CONFIGURE WRITE READ sets all three anew`,
      },
    ],
    [
      '404',
      {
        code: 'NOT_FOUND',
        means: 'does not exist',
        remedy: `create it: rabbitmqadmin --vhost=${quoted(vhost)} declare exchange name=${quoted(exchange)} type=topic, or correct sink.exchange`,
      },
    ],
    [
      '406',
      ({ message = '' }): ErrorEntry => ({
        code: 'RECORD_REFUSED',
        means: `refuses the message (${/PRECONDITION_FAILED - (.*?)"?$/s.exec(message)?.[1] ?? message})`,
        remedy: 'correct the properties that its producer writes',
      }),
    ],
  ];
};

export const exchangeNamed = (exchange: string): string => (exchange === '' ? 'the default exchange' : `exchange ${exchange}`);

/** Why the server closed the channel. RECORD_REFUSED does not say of which record. */
export function publishError(error: unknown, published: Published): ConnectError {
  if (error instanceof ConnectError) return error;
  const subject = exchangeNamed(published.exchange);
  const entry = entryFor(publishErrors(published), error as Error);
  return entry === undefined ? channelError(error, subject, 'sink') : errorFrom(entry, subject, error);
}

/** How many bytes of a body the server takes, where it closed the channel over a larger one. */
export function bodyLimit(error: Error): number | undefined {
  const [, limit] = /message size \d+ is larger than (?:configured )?max size (\d+)/.exec(error.message) ?? [];
  return limit === undefined ? undefined : Number(limit);
}

export const tooLargeFor = (bytes: number, limit: number): ConnectError =>
  new ConnectError('RECORD_REFUSED', `its body has ${bytes} bytes, and RabbitMQ takes ${limit}`, {
    remedy: 'raise max_message_size of the nodes',
  });

/** Returns the exchange that the server names, as options do: the default exchange is empty. */
export function namedExchange({ message }: Error): string | undefined {
  const name = /exchange '(.*)' in vhost/s.exec(message)?.[1];
  return name === DEFAULT_EXCHANGE ? '' : name;
}

/** Says why no record can ever go to the exchange that the server names; undefined where that is not said. */
export function uselessExchange({ message }: Error): string | undefined {
  if (/no exchange '/.test(message)) return 'does not exist';
  return /internal exchange '/.test(message) ? 'is internal' : undefined;
}

/** No queue takes a message of this routing key. */
export function unroutable(exchange: string, routingKey: string): ConnectError {
  const key = JSON.stringify(routingKey);
  return exchange === ''
    ? new ConnectError('RECORD_REFUSED', `there is no queue ${key}, to which the default exchange would route it`, {
        remedy: `create the queue, or correct sink.routingKey`,
      })
    : new ConnectError('RECORD_REFUSED', `no queue takes it: exchange ${exchange} has no binding for the routing key ${key}`, {
        remedy: `bind a queue: rabbitmqadmin declare binding source=${quoted(exchange)} destination=QUEUE routing_key=${quoted(routingKey)}, or correct sink.routingKey`,
      });
}

/** The server took the message in and then could not keep it. */
export const notStored = (exchange: string, routingKey: string): ConnectError =>
  new ConnectError('WRONG_STATE', `${exchangeNamed(exchange)} routes ${JSON.stringify(routingKey)} to a queue that takes no more`, {
    retriable: true,
    remedy: 'let consumers empty it, or raise its max-length (it has overflow: reject-publish); the next run goes on',
  });
