import fc from 'fast-check';

/** Fixed, so that a failure comes again. */
const SEED = 23;

export const sampled = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, { numRuns: count, seed: SEED });

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', ' ', 'with spaces', '{"a":1}', 'Straße 🚀', 'a\u0001b', '[1]', 'null', 'x'.repeat(5_000)),
);
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(Buffer.from([0]), Buffer.from([0, 255, 1]), Buffer.from([0xc3])),
);

export const texts = text;
export const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  text.map((content) => Buffer.from(content)),
  binary,
);
export const bytesOrNull = fc.option(bytes, { freq: 5, nil: null });
/** Within some days: the client that fills Kafka cuts larger differences in one batch. */
export const timestamps = fc.integer({ min: 1_700_000_000_000, max: 1_701_000_000_000 });
