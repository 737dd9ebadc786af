import { MessageIdFactory } from 'rocketmq-client-nodejs';

/** Version, address of the machine, process, and second: what the messages of one source of ids share. A counter of 8 digits follows. */
const PREFIX_LENGTH = 26;
const COUNTERS = 2 ** 32;

let prefix = '';
let counter = 0;

/** Returns the ids of messages in the client's own form. It makes an object for each id, which would be a fourth of the work of a message. */
export function nextMessageId(): string {
  // The counter begins again with another prefix: the factory has counted on.
  if (prefix === '' || counter === COUNTERS) {
    prefix = MessageIdFactory.create().toString().slice(0, PREFIX_LENGTH);
    counter = 0;
  }
  const id = prefix + counter.toString(16).toUpperCase().padStart(8, '0');
  counter += 1;
  return id;
}
