/** White space and control characters would end the key where RocketMQ keeps several; `%` marks what is encoded. */
const UNSAFE_IN_PARTITION = /[\s%\p{Cc}]/u;
const UNSAFE_IN_ID = /[\s%/\p{Cc}]/u;

/**
 * The key by which consumers recognise a repeat: `connector/partition/id`. Unsafe characters (and a `/` in `id`) are
 * percent-encoded, so that two records never share a key.
 */
export function deterministicKey(connector: string, partition: string, id: string): string {
  return `${connector}/${encode(partition, UNSAFE_IN_PARTITION)}/${encode(id, UNSAFE_IN_ID)}`;
}

function encode(text: string, unsafe: RegExp): string {
  if (!unsafe.test(text)) return text;
  return text.replace(new RegExp(unsafe, 'gu'), (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
