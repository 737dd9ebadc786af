import type { Positions } from '../store.ts';
import type { Expressions } from './expression.ts';
import { SHORT_NAMES } from './short-names.ts';

/** One request sets so many: an update expression may have 4 KB and 300 operators, so its placeholders are short. */
const POSITIONS_PER_REQUEST = 200;

const POSITIONS = SHORT_NAMES.positions as string;

/** What one request writes of a run's positions. */
export type Part = Required<Pick<Expressions, 'values' | 'names'>> & { readonly set: readonly string[] };

/** A run that makes progress says so, and starts the count of dead runs again, at itself. */
export const GETS_ON = '#unreleased = :one, #progressAt = :now';

/** This part only proves that the lease is held: a run that stands still until it dies writes nothing else. */
export const UNCHANGED: Part = { set: ['#leaseOwner = :owner'], values: {}, names: {} };

/** Sets each partition by its own path, so that all others keep their positions. */
export function parts(positions: Positions): Part[] {
  const entries = [...positions];
  return Array.from({ length: Math.ceil(entries.length / POSITIONS_PER_REQUEST) }, (_, part) => {
    const some = entries.slice(part * POSITIONS_PER_REQUEST, (part + 1) * POSITIONS_PER_REQUEST);
    return {
      set: some.map((_entry, n) => `#at.#${n}=:${n}`),
      values: Object.fromEntries(some.map(([, position], n) => [n, position])),
      names: { at: POSITIONS, ...Object.fromEntries(some.map(([partition], n) => [n, partition])) },
    };
  });
}
