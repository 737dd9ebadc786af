import type { ShownBytes, ShownMessage } from '../../rocketmq/shown-message.ts';
import { bytes } from './numbers.ts';

const SHOWN = 2_000;

/** Returns the parts of a message with their names: key, tag, time, headers, value. Of a longer text only `most` characters are shown. */
export function factsOf(
  message: ShownMessage & { readonly compressed?: true },
  most = SHOWN,
): Array<readonly [name: string, text: string]> {
  const { tag, key, value, headers, timestamp, damaged } = message;
  const text = (shown: ShownBytes) => textOf(shown, most);
  return [
    ...(key === null ? [] : [['key', text(key)] as const]),
    ...(tag === undefined ? [] : [['tag', tag] as const]),
    ...(timestamp === undefined ? [] : [['timestamp', timestamp] as const]),
    ...(damaged === undefined ? [] : [['damaged', oneLine(damaged)] as const]),
    ...headers.map((header) => [`header ${header.name}`, text(header.value)] as const),
    [`value${sizeOf(message, most)}`, text(value)],
  ];
}

const sizeOf = ({ bytes: size, compressed, cut }: ShownMessage & { readonly compressed?: true }, most: number): string =>
  size > most || cut || compressed ? ` (${bytes(size)}${cut ? ', cut' : ''}${compressed ? ', compressed' : ''})` : '';

/** Control characters could rewrite the terminal. */
const CONTROL = /[^\P{Cc}\t\n]/gu;

/** Text of another program, so that it can't make lines of its own. */
export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\ufffd');

function textOf(value: ShownBytes, most: number): string {
  if (value === null) return 'null';
  const whole = typeof value === 'string' ? value : `base64 ${value.base64}`;
  const short = whole.length <= most ? whole : `${whole.slice(0, most)}...`;
  return short.replaceAll(CONTROL, '\ufffd').replaceAll('\n', '\n    ');
}
