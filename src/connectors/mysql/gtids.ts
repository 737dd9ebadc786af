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
