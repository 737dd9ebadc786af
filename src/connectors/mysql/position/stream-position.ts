import type { Position } from '../../../api/index.ts';

/** Position of the stream: the place in the log, and the last snapshot that it has waited for. */
export interface PositionAfterSnapshot {
  /** 0: none. */
  readonly snapshot: number;
  readonly place: Position;
}

/** `2@gtid:0-1-42`; without a snapshot just `gtid:0-1-42`. */
export const withSnapshot = ({ snapshot, place }: PositionAfterSnapshot): Position => (snapshot === 0 ? place : `${snapshot}@${place}`);

export function parseWithSnapshot(position: Position): PositionAfterSnapshot {
  const [, snapshot, place] = /^(\d+)@(.*)$/s.exec(position) ?? [];
  return place === undefined ? { snapshot: 0, place: position } : { snapshot: Number(snapshot), place };
}
