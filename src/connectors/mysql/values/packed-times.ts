import { clockOf, datetimeOf } from './temporal.ts';

/** Times in MySQL's packed form, one number each, with microseconds in its lowest bits. */
const MICROS_BITS = 24n;
/** An hour of a time has ten bits. */
const CLOCK = 0x40_0000;

/** `2024-01-02 03:04:05.000000` */
export function packedDatetimeText(packed: bigint): string {
  const { whole, micros } = partsOf(packed);
  return `${datetimeOf(whole)}.${micros}`;
}

/** `-12:34:56.000000` */
export function packedTimeText(packed: bigint): string {
  const { whole, micros } = partsOf(packed < 0n ? -packed : packed);
  return `${packed < 0n ? '-' : ''}${clockOf(whole % CLOCK)}.${micros}`;
}

function partsOf(packed: bigint): { readonly whole: number; readonly micros: string } {
  return { whole: Number(packed >> MICROS_BITS), micros: String(packed & ((1n << MICROS_BITS) - 1n)).padStart(6, '0') };
}
