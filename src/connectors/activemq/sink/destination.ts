import { isUtf8 } from 'node:buffer';
import { ConnectError } from '../../../api/index.ts';
import { RecordTemplate } from '../../../kit/index.ts';
import { mistypedPrefix, parseAddress } from '../config/address.ts';
import type { TargetSpec } from '../protocol/send/amqp-sender.ts';
import type { ActivemqSinkConfig } from './config.ts';

/** Makes the destination of each record. */
export const destinationOf = ({ destination }: Pick<ActivemqSinkConfig, 'destination'>): RecordTemplate =>
  new RecordTemplate('sink.destination', destination);

/** In names, Classic takes them for several destinations, for any that fits, or for options. */
const SPECIAL = /[*>,?]|^\s|\s$/;

/** A queue or topic from its name. `byRecord`: a record has given a part of it. Throws RECORD_REFUSED for what is none. */
export function parseTarget(text: Buffer, byRecord = false): TargetSpec {
  const { name: address, kind = 'queue' } = parseAddress(text.toString());
  const isName =
    address.trim() !== '' && isUtf8(text) && mistypedPrefix(text.toString()) === undefined && !(byRecord && SPECIAL.test(address));
  const problem = kind.startsWith('temp-') ? 'is temporary' : isName ? undefined : 'is no name';
  if (problem === undefined) return { kind: kind === 'topic' ? 'topic' : 'queue', address };
  throw new ConnectError('RECORD_REFUSED', `its destination ${JSON.stringify(text.toString().slice(0, 80))} ${problem}`, {
    remedy: 'let sink.destination name a queue or topic that lasts',
  });
}
