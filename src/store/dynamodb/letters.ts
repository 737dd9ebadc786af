import { randomUUID } from 'node:crypto';
import type { LetterMarks, RedriveLease, RedriveResult } from '../store.ts';
import { any, HOLDER_GONE, LEASE_FREE, LEASE_IS_MINE } from './conditions.ts';
import { lettersOf, marksKey, redriveKey } from './keys.ts';
import type { Attributes, Table } from './table.ts';

/** What became of dead letters, and who redrives them now. */
export class Letters {
  readonly #table: Table;
  readonly #now: () => number;

  constructor(table: Table, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  async marks(connector: string): Promise<LetterMarks[]> {
    const items = await this.#table.list(lettersOf(connector), (item) => item);
    return items.filter(({ states }) => states !== undefined).map((item) => toMarks(connector, item));
  }

  async put({ connector, queue, stretch, states, last, version }: LetterMarks): Promise<LetterMarks | undefined> {
    const next = version + 1;
    const written = await this.#table.update(marksKey(connector, queue, stretch), {
      update: 'SET #queue = :queue, #stretch = :stretch, #states = :states, #last = :last, #version = :next',
      condition: version === 0 ? 'attribute_not_exists(#version)' : '#version = :version',
      values: { queue, stretch, states, last, next, ...(version > 0 && { version }) },
    });
    const now = written.item === undefined ? undefined : toMarks(connector, written.item);
    if (written.written) return now;
    // True as well when the first attempt wrote it and its answer was lost.
    return now?.version === next && Buffer.from(now.states).equals(Buffer.from(states)) ? now : undefined;
  }

  async forget({ connector, queue, stretch, version }: LetterMarks): Promise<void> {
    await this.#table.delete(marksKey(connector, queue, stretch), { condition: '#version = :version', values: { version } });
  }

  async take(connector: string, owner: string, until: number, isGone: (owner: string) => boolean): Promise<RedriveResult> {
    const token = randomUUID();
    let gone: { readonly goneOwner: string; readonly goneEpoch: number } | undefined;
    for (;;) {
      const taken = await this.#table.update(redriveKey(connector), {
        update: 'SET #epoch = if_not_exists(#epoch, :none) + :one, #leaseOwner = :owner, #leaseUntil = :until, #leaseToken = :token',
        condition: gone === undefined ? LEASE_FREE : any(LEASE_FREE, HOLDER_GONE),
        values: { owner, until, token, now: this.#now(), none: 0, one: 1, ...gone },
      });
      const { epoch, leaseOwner, leaseUntil, leaseToken } = taken.item as Attributes & StoredLease;
      // True as well when the first attempt took the lease and its answer was lost: the repeat then finds its own token.
      if (taken.written || leaseToken === token) return { outcome: 'acquired', lease: { connector, epoch, owner, until } };
      if (gone?.goneEpoch === epoch || !isGone(leaseOwner)) return { outcome: 'busy', until: leaseUntil, owner: leaseOwner };
      gone = { goneOwner: leaseOwner, goneEpoch: epoch };
    }
  }

  async end({ connector, epoch, owner }: RedriveLease): Promise<void> {
    await this.#table.update(
      redriveKey(connector),
      { update: 'SET #leaseUntil = :none REMOVE #leaseOwner, #leaseToken', condition: LEASE_IS_MINE, values: { epoch, owner, none: 0 } },
      'none',
    );
  }
}

interface StoredLease {
  readonly epoch: number;
  readonly leaseOwner: string;
  readonly leaseUntil: number;
  readonly leaseToken: string;
}

const toMarks = (connector: string, item: Attributes): LetterMarks => {
  const { queue, stretch, states, last, version } = item as unknown as LetterMarks;
  return { connector, queue, stretch, states, last, version };
};
