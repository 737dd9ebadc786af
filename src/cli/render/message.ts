import type { ShownBytes, ShownMessage } from '../../rocketmq/shown-message.ts';
import { bytes } from './numbers.ts';

const SHOWN = 2_000;

/** Returns the parts of a message with their names: key, tag, time, headers, value. */
export function factsOf(message: ShownMessage & { readonly compressed?: true }): Array<readonly [name: string, text: string]> {
  const { tag, key, value, headers, timestamp } = message;
  return [
    ...(key === null ? [] : [['key', text(key)] as const]),
    ...(tag === undefined ? [] : [['tag', tag] as const]),
    ...(timestamp === undefined ? [] : [['timestamp', timestamp] as const]),
    ...headers.map((header) => [`header ${header.name}`, text(header.value)] as const),
    [`value${sizeOf(message)}`, text(value)],
  ];
}

const sizeOf = ({ bytes: size, compressed, cut }: ShownMessage & { readonly compressed?: true }): string =>
  size > SHOWN || cut || compressed ? ` (${bytes(size)}${compressed ? ', compressed' : ''})` : '';

/** Control characters could rewrite the terminal. */
const CONTROL = /[^\P{Cc}\t\n]/gu;

function text(value: ShownBytes): string {
  if (value === null) return 'null';
  const whole = typeof value === 'string' ? value : `base64 ${value.base64}`;
  const short = whole.length <= SHOWN ? whole : `${whole.slice(0, SHOWN)}...`;
  return short.replaceAll(CONTROL, '\ufffd').replaceAll('\n', '\n    ');
}
