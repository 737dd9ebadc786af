import { performance } from 'node:perf_hooks';
import { type Row, row } from './row.ts';

/** How fast records moved, and what that cost. */
export interface Pace {
  readonly perSecond: number;
  /** Processor time of this process for one record, microseconds, all its threads together. Lambda bills about this. */
  readonly cpuMicros: number;
}

/** Measures work that returns how many records it moved. Throws if they are not as many as `wanted`. */
export async function paceOf(work: () => Promise<number>, wanted?: number): Promise<Pace> {
  const began = performance.now();
  const before = process.cpuUsage();
  const records = await work();
  const { user, system } = process.cpuUsage(before);
  const ms = performance.now() - began;
  if (wanted !== undefined && records !== wanted) throw new Error(`${records} of ${wanted} records were moved`);
  return { perSecond: (records * 1_000) / ms, cpuMicros: (user + system) / records };
}

/** The better of two rounds in either respect: other work on the machine only makes a round worse. */
export const better = (a: Pace | undefined, b: Pace): Pace => ({
  perSecond: Math.max(a?.perSecond ?? 0, b.perSecond),
  cpuMicros: Math.min(a?.cpuMicros ?? Number.POSITIVE_INFINITY, b.cpuMicros),
});

/** The same records read by the client library alone, sent by the producer alone, and copied by a task. */
export interface SourcePaces {
  read: Pace;
  send: Pace;
  copy: Pace;
}

/** A task can at most be as fast as the slower of its two halves, since both can run at once. */
export const bound = ({ read, send }: Omit<SourcePaces, 'copy'>): number => Math.min(read.perSecond, send.perSecond);

/** The rows of a source: `name` is for instance `kafka-source/1KiB`. A task does the work of both halves, so its processor time is held against their sum. */
export const sourceRows = (name: string, { read, send, copy }: SourcePaces): Row[] => [
  row(`${name}/1task`, copy.perSecond, 'records/s', bound({ read, send })),
  row(`cpu/${name}`, copy.cpuMicros, 'us/record', read.cpuMicros + send.cpuMicros),
];
