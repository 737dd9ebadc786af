import type { PeekedMessage, ShownBytes } from '../../rocketmq/peeked-message.ts';
import { styled } from '../output.ts';
import { bytes } from './numbers.ts';

const SHOWN = 2_000;

/** A message in a few lines: place and time, key, headers, value. */
export function renderPeeked(message: PeekedMessage): string {
  const { queue, offset, storedAt, sourceKey, tag, key, value, headers, timestamp } = message;
  const head = [`${storedAt}  queue ${queue} offset ${offset}`, ...(sourceKey === undefined ? [] : [sourceKey])].join('  ');
  const facts = [
    ...(key === null ? [] : [['key', text(key)]]),
    ...(tag === undefined ? [] : [['tag', tag]]),
    ...(timestamp === undefined ? [] : [['timestamp', timestamp]]),
    ...headers.map((header) => [`header ${header.name}`, text(header.value)]),
    [`value${sizeOf(message)}`, text(value)],
  ];
  return [styled('bold', head), ...facts.map(([name, shown]) => `  ${name}: ${shown}`)].join('\n');
}

const sizeOf = ({ bytes: size, compressed, cut }: PeekedMessage): string =>
  size > SHOWN || cut || compressed ? ` (${bytes(size)}${compressed ? ', compressed' : ''})` : '';

/** Control characters could rewrite the terminal. */
const CONTROL = /[^\P{Cc}\t\n]/gu;

function text(value: ShownBytes): string {
  if (value === null) return 'null';
  const whole = typeof value === 'string' ? value : `base64 ${value.base64}`;
  const short = whole.length <= SHOWN ? whole : `${whole.slice(0, SHOWN)}...`;
  return short.replaceAll(CONTROL, '\ufffd').replaceAll('\n', '\n    ');
}
