import type { LabMessage } from '../harness/source-harness.ts';

const SINCE = Date.UTC(2024, 0, 1);
const FIRST_NUMBER = /^(\d+) /;

/** Messages whose values begin with their numbers, `from`, `from + 1`, ..., each of about `bytes`. */
export function numbered(count: number, from = 0, bytes = 20): LabMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const text = `${number} `;
    return { key: Buffer.from(`key-${number}`), value: Buffer.from(text.padEnd(bytes, 'x')), headers: [], timestamp: SINCE + number };
  });
}

export function numberOf(value: Buffer): number {
  const number = FIRST_NUMBER.exec(value.toString('latin1', 0, 20))?.[1];
  if (number === undefined) throw new Error('a message without a number arrived');
  return Number(number);
}
