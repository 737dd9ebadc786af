import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { uniqueName } from '../../support/names.ts';
import { kafkaToRocketmq, openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { Topics } from '../rocketmq/topics.ts';
import { KafkaLab } from './kafka-lab.ts';

const PARTITIONS = [0, 1, 2, 3];
const [BEFORE, BAD, BEHIND] = [100, 10, 90];

let lab: KafkaLab;
let topics: Topics;
let runtime: TestRuntime;
beforeAll(async () => {
  lab = await KafkaLab.open();
  topics = await Topics.open();
  runtime = new TestRuntime((await openTestStore(lab.addresses)).store);
});
afterAll(async () => {
  await runtime?.close();
  await topics?.[Symbol.asyncDispose]();
  await lab?.[Symbol.asyncDispose]();
});

const value = (partition: number, offset: number) => `<partition ${partition} offset ${offset}>`;
const values = (partition: number, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => value(partition, from + index));
const goodOf = (partition: number) => [...values(partition, 0, BEFORE), ...values(partition, BEFORE + BAD, BEHIND)];
const allOf = (partition: number) => values(partition, 0, BEFORE + BAD + BEHIND);

/** A topic with three batches in each partition; the one in the middle is damaged at the broker, in those that are named. */
async function damagedTopic(damaged: readonly number[]): Promise<{ source: string; repair: () => Promise<void> }> {
  const source = await lab.topic(PARTITIONS.length);
  let from = 0;
  for (const count of [BEFORE, BAD, BEHIND]) {
    const messages = PARTITIONS.flatMap((partition) =>
      values(partition, from, count).map((text) => ({ partition, key: null, value: Buffer.from(text) })),
    );
    await lab.topics.produce(source, messages);
    from += count;
  }
  const flip = async () => {
    for (const partition of damaged) await lab.damage(source, partition, value(partition, BEFORE + 3));
  };
  await flip();
  return { source, repair: flip };
}

async function connector(source: string, errors: Partial<ConnectorSpec['errors']> = {}) {
  const target = await topics.create();
  const base = kafkaToRocketmq(lab.addresses, uniqueName('damaged'), source, target, { maxTasks: 1 });
  const spec = { ...base, errors: { ...base.errors, ...errors } };
  await runtime.apply(spec);
  const planner = createPlanner(runtime.plannerDeps);
  return {
    spec,
    run: async () => (await runtime.run({ connector: spec.name, task: 0 }, 120_000)).summary,
    skip: async (partition: number) =>
      expect(await planner.handle({ action: 'skip', connector: spec.name, place: `${source}-${partition}@${BEFORE}` })).toMatchObject({
        ok: true,
      }),
    resume: () => planner.handle({ action: 'resume', connector: spec.name }),
    /** What RocketMQ has of each partition, in the order in which it came. */
    arrived: async () => {
      const bodies = (await topics.admin.readTopic(target)).flat().map(({ body }) => body.toString());
      return PARTITIONS.map((partition) => bodies.filter((body) => body.startsWith(`<partition ${partition} `)));
    },
  };
}

describe('a topic with a damaged batch in the middle of each of four partitions', () => {
  it('is copied up to them, and behind each as soon as a user passes over it: all good records once, in order', async () => {
    const { source } = await damagedTopic(PARTITIONS);
    const { run, skip, arrived } = await connector(source);
    const stopped = PARTITIONS.map((partition) =>
      expect.objectContaining({
        place: `${source}-${partition}@${BEFORE}`,
        code: 'RECORD_REFUSED',
        message: expect.stringMatching(`partition ${source}-${partition}, batch at offset ${BEFORE}: its checksum is`),
      }),
    );
    expect(await run()).toMatchObject({ outcome: 'failed', records: PARTITIONS.length * BEFORE, stopped: expect.arrayContaining(stopped) });
    expect(await arrived()).toEqual(PARTITIONS.map((partition) => values(partition, 0, BEFORE)));
    for (const partition of PARTITIONS) await skip(partition);
    expect(await run()).toMatchObject({ outcome: 'caught-up', records: PARTITIONS.length * BEHIND });
    expect(await arrived()).toEqual(PARTITIONS.map(goodOf));
  });

  it('is copied in one run where they may become dead letters, with their bytes', async () => {
    const { source } = await damagedTopic(PARTITIONS);
    const deadLetterTopic = await topics.create();
    const { run, arrived } = await connector(source, { tolerance: 'dead-letter', deadLetterTopic });
    expect(await run()).toMatchObject({ outcome: 'caught-up', deadLetters: PARTITIONS.length, lagRecords: 0 });
    expect(await arrived()).toEqual(PARTITIONS.map(goodOf));
    const letters = (await topics.admin.readTopic(deadLetterTopic)).flat();
    expect(letters.map(({ properties }) => properties.get('connect-error-position'))).toEqual(PARTITIONS.map(() => String(BEFORE)));
    for (const { body, properties } of letters) {
      const partition = Number(properties.get('connect-error-partition')?.slice(-1));
      expect(body.readBigInt64BE(0)).toBe(BigInt(BEFORE));
      expect(body.toString('latin1')).toContain(value(partition, BEFORE + BAD - 1));
    }
  });
});

describe('a damaged batch in one of four partitions', () => {
  it('holds up no other, and is copied with all others once the partition has undamaged bytes again, as another replica may have', async () => {
    const { source, repair } = await damagedTopic([2]);
    const { run, arrived } = await connector(source);
    const first = await run();
    expect(first).toMatchObject({
      records: 3 * (BEFORE + BAD + BEHIND) + BEFORE,
      stopped: [{ remedy: expect.stringContaining('another replica') }],
    });
    await repair();
    expect(await run()).toMatchObject({ outcome: 'caught-up', records: BAD + BEHIND });
    expect(await arrived()).toEqual(PARTITIONS.map(allOf));
  });

  it('goes to the dead letters, and no good record with it, once its remedy is followed', async () => {
    const { source } = await damagedTopic([0]);
    const { run, arrived, spec, resume } = await connector(source);
    expect(await run()).toMatchObject({ stopped: [{ remedy: expect.stringContaining('set errors.tolerance to dead-letter') }] });
    await runtime.apply({ ...spec, errors: { ...spec.errors, tolerance: 'dead-letter', deadLetterTopic: await topics.create() } });
    await resume();
    expect(await run()).toMatchObject({ outcome: 'caught-up', deadLetters: 1 });
    expect(await arrived()).toEqual([goodOf(0), ...PARTITIONS.slice(1).map(allOf)]);
  });
});

describe('a position that Kafka does not have any more', () => {
  it('is passed to the first record that is left once its remedy is followed, and no record that is there is lost', async () => {
    const { source } = await damagedTopic([]);
    const { run, arrived, spec, resume } = await connector(source);
    await run();
    await lab.topics.produce(
      source,
      PARTITIONS.flatMap((partition) => values(partition, 200, 20).map((text) => ({ partition, key: null, value: Buffer.from(text) }))),
    );
    await lab.deleteBefore(source, 1, 210);
    expect(await run()).toMatchObject({
      records: 3 * 20,
      stopped: [
        { partition: `${source}-1`, code: 'POSITION_LOST', remedy: expect.stringMatching(/^set source.onOffsetOutOfRange to earliest,/) },
      ],
    });
    await runtime.apply({ ...spec, system: { ...spec.system, onOffsetOutOfRange: 'earliest' } });
    await resume();
    expect(await run()).toMatchObject({
      outcome: 'caught-up',
      records: 10,
      notices: [expect.stringContaining('goes on at 210: 10 offsets were passed')],
    });
    const lost = (partition: number) => (partition === 1 ? values(1, 210, 10) : values(partition, 200, 20));
    expect(await arrived()).toEqual(PARTITIONS.map((partition) => [...allOf(partition), ...lost(partition)]));
  });
});
