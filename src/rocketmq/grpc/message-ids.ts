import { MessageIdFactory } from 'rocketmq-client-nodejs';
import { write } from '../text-bytes.ts';

/** Version, address of the machine, process, and second: what the messages of one source of ids share. A counter of 8 digits follows. */
const PREFIX_LENGTH = 26;
const COUNTERS = 2 ** 32;
/** The shifts of a counter's digits, the highest first. */
const DIGITS = [28, 24, 20, 16, 12, 8, 4, 0];
const HEX = Buffer.from('0123456789ABCDEF');

/** The length of an id. */
export const ID_BYTES = PREFIX_LENGTH + DIGITS.length;

let prefix = '';
let counter = 0;

/**
 * Writes the id of a new message, in the client's own form, and returns where it ends. The client makes an object for each id, which would
 * be a fourth of the work of a message.
 */
export function writeMessageId(out: Buffer, at: number): number {
  // The counter begins again with another prefix: the factory has counted on.
  if (prefix === '' || counter === COUNTERS) {
    prefix = MessageIdFactory.create().toString().slice(0, PREFIX_LENGTH);
    counter = 0;
  }
  let end = write(out, at, prefix);
  for (const shift of DIGITS) {
    out[end] = HEX[(counter >>> shift) & 0xf] as number;
    end += 1;
  }
  counter += 1;
  return end;
}
