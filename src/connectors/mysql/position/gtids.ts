import { GtidSet, MariadbGtidPosition } from '@vlasky/zongji';

/** Transactions that are done: `uuid:1-5` of MySQL, `0-1-42` of MariaDB, several separated by commas. */
export interface Gtids {
  add(gtid: string): void;
  toString(): string;
}

/** An empty text is a set of either kind. */
export function parseGtids(text: string, isMariadb: boolean): Gtids {
  const clean = text.replace(/\s/g, '');
  if (!isMariadb) return GtidSet.parse(clean);
  const position = MariadbGtidPosition.parse(clean);
  return {
    add(gtid) {
      const [domainId, serverId, seqNo = ''] = gtid.split('-');
      position.add({ domainId: Number(domainId), serverId: Number(serverId), seqNo });
    },
    toString: () => position.toString(),
  };
}

/** True when `set` holds all of `part`. */
export function holds(set: string, part: string, isMariadb: boolean): boolean {
  if (isMariadb) {
    const all = MariadbGtidPosition.parse(set);
    return part === '' || part.split(',').every((gtid) => all.covers(gtid.trim()));
  }
  const both = GtidSet.parse(set.replace(/\s/g, ''));
  const before = both.toString();
  return GtidSet.parse([before, part.replace(/\s/g, '')].filter((text) => text !== '').join(',')).toString() === before;
}

/**
 * True when `set` is at `place` or behind it. Of MariaDB, transactions of one domain are one sequence, whichever server wrote them: the
 * numbers of two servers can be compared where they are of one replication set-up.
 */
export function reaches(set: string, place: string, isMariadb: boolean): boolean {
  if (!isMariadb) return holds(set, place, false);
  const reached = lastByDomain(set);
  return [...lastByDomain(place)].every(([domain, number]) => (reached.get(domain) ?? -1n) >= number);
}

function lastByDomain(position: string): Map<string, bigint> {
  const gtids = position.split(',').filter((gtid) => gtid.trim() !== '');
  return new Map(
    gtids.map((gtid) => {
      const [domain = '', , number = '0'] = gtid.trim().split('-');
      return [domain, BigInt(number)];
    }),
  );
}
