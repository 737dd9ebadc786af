import type * as z from 'zod';
import { bytes, integer, milliseconds, section } from './options.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;

export const batchSection = section(
  {
    maxRecords: integer({ description: 'Records.', unit: 'records', min: 1, max: 1_000_000_000 }).default(1_000_000),
    maxBytes: bytes({ description: 'Keys, values and headers together.', min: 1, max: 1024 * 1024 * MIB }).prefault(1024 * MIB),
    maxDurationMs: milliseconds({
      description: "Time. The function's own deadline, less what a last flush needs, wins where it comes first.",
      min: SECOND,
      max: 14 * MINUTE,
    }).prefault(13 * MINUTE),
    maxInFlightBytes: bytes({
      description: 'What may be read and not yet acknowledged: bounds the memory of a task, together with the largest record.',
      min: 64 * 1024,
      max: 256 * MIB,
    }).prefault(16 * MIB),
    checkpointIntervalMs: milliseconds({
      description:
        'Time between durable checkpoints of a long run, at most: what a crash repeats. The first ones come sooner, and one after every 50,000 records.',
      min: SECOND,
      max: 10 * MINUTE,
    }).prefault(10 * SECOND),
  },
  { description: 'Bounds of one invocation of a task; it ends at the first one reached, and a continuation copies what is left.' },
).prefault({});

export type BatchSpec = Readonly<z.output<typeof batchSection>>;
