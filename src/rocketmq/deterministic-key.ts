import { isWordText } from './property-text.ts';

/** White space and control characters would end the key where RocketMQ keeps several; `%` marks what is encoded. */
const UNSAFE_IN_PARTITION = /[\s%\p{Cc}]/u;
const UNSAFE_IN_ID = /[\s%/\p{Cc}]/u;

/**
 * Makes the key by which consumers recognise a repeat: `connector/partition/id`. Unsafe characters (and a `/` in `id`) are
 * percent-encoded, so that two records never share a key.
 */
export function deterministicKey(connector: string, partition: string, id: string): string {
  const isPlain = isWordText(id) && !id.includes('/') && !id.includes('%');
  return prefix(connector, partition) + (isPlain ? id : encode(id, UNSAFE_IN_ID));
}

/** Whether a key has the form of `connector/partition/id`. A producer's own key may have it by chance. */
export const isDeterministicKey = (key: string | undefined): key is string => key !== undefined && /^[^/]+\/.*\/[^/]*$/s.test(key);

let last = { connector: '', partition: '', prefix: '//' };

/** Keeps the last prefix: records that come one after the other are mostly of one partition. */
function prefix(connector: string, partition: string): string {
  if (last.partition !== partition || last.connector !== connector)
    last = { connector, partition, prefix: `${connector}/${encode(partition, UNSAFE_IN_PARTITION)}/` };
  return last.prefix;
}

function encode(text: string, unsafe: RegExp): string {
  if (!unsafe.test(text)) return text;
  return text.replace(new RegExp(unsafe, 'gu'), (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
