import { ConnectError } from '../../../api/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import { AmqpLink, type LinkEvents, type LinkSpec } from './amqp-link.ts';

/** Of a link that is given no credit, so that it receives nothing. */
export const NO_EVENTS: LinkEvents = { message() {}, drained() {}, failed() {} };

/**
 * Opens the link of one partition. A subscription that is resumed with another selector, or for another topic, is deleted by the
 * broker with all that waits in it: Artemis is asked for it first. Classic would delete as it answers; there the plan watches.
 */
export async function openConsumer(connection: AmqpConnection, spec: LinkSpec, events: LinkEvents): Promise<AmqpLink> {
  const wrong = wrongName(connection, spec);
  if (wrong !== undefined) throw wrong;
  if (spec.durable === undefined || !connection.isArtemis) return AmqpLink.open(connection, spec, events);
  return (await resumeUnchanged(connection, spec, events)) ?? AmqpLink.open(connection, spec, events);
}

/** Artemis: the subscription as it is; undefined where there is none. Throws CONFIG_INVALID where it is not the one of the spec. */
export async function resumeUnchanged(connection: AmqpConnection, spec: LinkSpec, events: LinkEvents): Promise<AmqpLink | undefined> {
  const resumed = await resume(connection, spec, events);
  if (resumed === undefined) return undefined;
  const changed = changedSelector(resumed, spec) ?? (await otherTopic(connection, spec, resumed.address));
  if (changed === undefined) return resumed;
  await resumed.close();
  throw changed;
}

/** Artemis keeps a queue of its own for a name with wildcards, which gets what is sent from now on and nothing of what waits. */
export function wrongName(connection: AmqpConnection, { kind, address, source }: LinkSpec): ConnectError | undefined {
  if (kind === 'topic' || !connection.isArtemis || address.includes('::') || !/(^|\.)[*#](\.|$)/.test(address)) return undefined;
  return new ConnectError(
    'WRONG_KIND',
    `${source} is a pattern, and Artemis would make a queue of that name, which gets no message that waits now`,
    {
      remedy: `name each queue in ${connection.section}.queues; a queue that is there under such an address is named address::queue`,
    },
  );
}

async function resume(connection: AmqpConnection, spec: LinkSpec, events: LinkEvents): Promise<AmqpLink | undefined> {
  try {
    return await AmqpLink.open(connection, spec, events, 'resumed');
  } catch (error) {
    if (connection.failure === undefined && error instanceof ConnectError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function changedSelector(link: AmqpLink, { source, selector }: LinkSpec): ConnectError | undefined {
  if (link.selector === selector) return undefined;
  const said = (text: string | undefined) => (text === undefined ? 'no selector' : `the selector ${JSON.stringify(text)}`);
  return otherSubscription(`${source} exists with ${said(link.selector)}, and the configuration has ${said(selector)}`);
}

/** Looks at the queue that Artemis keeps for the subscription under the address of the topic. */
async function otherTopic(connection: AmqpConnection, spec: LinkSpec, queueName: string): Promise<ConnectError | undefined> {
  const { selector: _, durable: __, ...rest } = spec;
  const queue: LinkSpec = { ...rest, kind: 'queue', address: `${spec.address}::${queueName}` };
  try {
    await (await AmqpLink.open(connection, queue, NO_EVENTS, 'browser')).close();
    return undefined;
  } catch (error) {
    if (connection.failure !== undefined || !(error instanceof ConnectError)) throw error;
    // Whoever may not browse is not told; the messages themselves name their topic.
    return error.code === 'NOT_FOUND' ? otherSubscription(`${spec.source} exists, but for another topic`) : undefined;
  }
}

/** What would delete a subscription is never done; both ways on keep what waits. */
export const otherSubscription = (found: string): ConnectError =>
  new ConnectError('CONFIG_INVALID', `${found}: the broker would delete the subscription and what waits in it`, {
    remedy: 'put back what it was made with; for another selector or topic, add a subscription with another name beside it',
  });
