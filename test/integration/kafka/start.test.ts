import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TaskConfig } from '../../../src/api/index.ts';
import { KafkaLab, numbers, texts } from './kafka-lab.ts';

let lab: KafkaLab;
beforeAll(async () => {
  lab = await KafkaLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

describe('a partition that was never read', () => {
  it('starts at earliest, which need not be offset 0', async () => {
    const topic = await lab.topic(1, 10);
    await lab.deleteBefore(topic, 0, 4);
    expect(texts((await lab.run({ topics: [topic] })).records)).toEqual(numbers(6, 4));
  });

  it('starts at the end that the first run found, although that run copied nothing', async () => {
    const topic = await lab.topic(1, 10);
    const options = { topics: [topic], startAt: 'latest' };
    const first = await lab.run(options);
    await lab.produce(topic, 2, 1, 10);
    expect(first.records).toEqual([]);
    expect(texts((await lab.run(options, first)).records)).toEqual(['10', '11']);
  });

  it('has its start told before anything is read, so that a run that fails does not look for it again', async () => {
    const topic = await lab.topic(1, 10);
    const first = await lab.run({ topics: [topic], startAt: 'latest' }, { polls: 1 });
    expect(first.positions).toEqual(new Map([[`${topic}-0`, '10']]));
  });

  it('starts at the first record of a time or later, at the end where there is none', async () => {
    const topic = await lab.topic(2);
    const at = (partition: number, timestamp: number) => ({ partition, key: null, value: Buffer.from(`${timestamp}`), timestamp });
    await lab.topics.produce(topic, [at(0, 1_000), at(0, 2_000), at(0, 3_000), at(1, 1_000)]);
    const run = await lab.run({ topics: [topic], startAt: { timestamp: 1_500 } });
    expect(texts(run.records)).toEqual(['2000', '3000']);
    expect(run.positions).toEqual(
      new Map([
        [`${topic}-0`, '3'],
        [`${topic}-1`, '1'],
      ]),
    );
  });

  it('starts at its offset where one is given, otherwise at earliest', async () => {
    const topic = await lab.topic(2, 10);
    const { records } = await lab.run({ topics: [topic], startAt: { offsets: { [`${topic}-0`]: 3 } } });
    expect(
      texts(records)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([1, 3, 5, 6, 7, 8, 9]);
  });

  it('starts at earliest where it came to its topic later, whatever all others do', async () => {
    const topic = await lab.topic(1, 3);
    const options = { topics: [topic], startAt: 'latest' };
    const plan = await lab.plan(options, 1);
    const first = await lab.run(options, { taskConfig: plan[0] as TaskConfig });
    await lab.topics.addPartitions(topic, 2);
    await lab.topics.produce(topic, [{ partition: 1, key: null, value: Buffer.from('early') }]);
    const [taskConfig] = await lab.plan(options, 1, plan);
    const second = await lab.run(options, { positions: first.positions, taskConfig: taskConfig as TaskConfig });
    expect(texts(second.records)).toEqual(['early']);
  });
});

describe('a position that Kafka does not have any more', () => {
  const lost = async () => {
    const topic = await lab.topic(1, 20);
    await lab.deleteBefore(topic, 0, 10);
    return { topic, positions: new Map([[`${topic}-0`, '5']]) };
  };

  it('fails the task by default, with the partition, the offset and what is left', async () => {
    const { topic, positions } = await lost();
    await expect(lab.run({ topics: [topic] }, { positions })).rejects.toMatchObject({
      code: 'POSITION_LOST',
      retriable: false,
      message: expect.stringMatching(`partition ${topic}-0: .* offset 5, Kafka has 10..20`),
      remedy: expect.stringContaining('source.onOffsetOutOfRange'),
    });
  });

  it('goes on at the earliest or at the latest record where that is wanted, and says so', async () => {
    const { topic, positions } = await lost();
    const earliest = await lab.run({ topics: [topic], onOffsetOutOfRange: 'earliest' }, { positions });
    const latest = await lab.run({ topics: [topic], onOffsetOutOfRange: 'latest' }, { positions });
    expect(texts(earliest.records)).toEqual(numbers(10, 10));
    expect(latest.records).toEqual([]);
    expect([earliest, latest].map((run) => run.positions.get(`${topic}-0`))).toEqual(['20', '20']);
    const passed = `partition ${topic}-0: Kafka has 10..20 and not offset 5`;
    expect(earliest.notices).toEqual([`${passed}, goes on at 10: 5 offsets were passed`]);
    expect(latest.notices).toEqual([`${passed}, goes on at 20: 15 offsets were passed`]);
  });

  it('is lost, too, where it lies beyond the end', async () => {
    const topic = await lab.topic(1, 3);
    await expect(lab.run({ topics: [topic] }, { positions: new Map([[`${topic}-0`, '9']]) })).rejects.toMatchObject({
      code: 'POSITION_LOST',
      message: expect.stringMatching(/offset 9, Kafka has 0..3.*beyond its end/),
    });
  });

  it('is noticed in mid-run, after what was fetched is handed out', async () => {
    const topic = await lab.topic(1);
    const value = Buffer.alloc(40_000, 'x');
    const one = { partition: 0, key: null, value };
    for (let batch = 0; batch < 10; batch += 1) await lab.topics.produce(topic, [one]);
    let deleted = false;
    const run = lab.run(
      { topics: [topic], maxFetchBytes: 65_536 },
      {
        limit: { maxRecords: 1, maxBytes: 1e6 },
        onPoll: async () => {
          if (!deleted) await lab.deleteBefore(topic, 0, 9);
          deleted = true;
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'POSITION_LOST', message: expect.stringMatching(/Kafka has 9..10/) });
  });
});

describe('a topic that is not what it was', () => {
  it('was deleted: the task fails with its name', async () => {
    const topic = await lab.topic(1, 3);
    const taskConfig = (await lab.plan({ topics: [topic] }))[0] as TaskConfig;
    await lab.topics.delete(topic);
    await expect(lab.run({ topics: [topic] }, { taskConfig })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(topic),
    });
  });

  it('was deleted and created again, and planned anew by another process: read from its beginning', async () => {
    const topic = await lab.topic(1, 3);
    await lab.run({ topics: [topic] });
    await lab.topics.delete(topic);
    await lab.topics.create(topic, 1);
    await lab.produce(topic, 5);
    await using planner = await KafkaLab.open();
    const [taskConfig] = await planner.plan({ topics: [topic] });
    const { records } = await lab.run({ topics: [topic] }, { taskConfig: taskConfig as TaskConfig });
    expect(texts(records)).toEqual(numbers(5));
  });

  it('was deleted and created again: neither task nor plan mistakes it for the old one', async () => {
    const topic = await lab.topic(1, 3);
    const plan = await lab.plan({ topics: [topic] });
    const { positions } = await lab.run({ topics: [topic] }, { taskConfig: plan[0] as TaskConfig });
    await lab.topics.delete(topic);
    await lab.topics.create(topic, 1);
    await lab.produce(topic, 5);
    const recreated = { code: 'POSITION_LOST', message: expect.stringContaining(`topic ${topic} was deleted and created again`) };
    await expect(lab.run({ topics: [topic] }, { taskConfig: plan[0] as TaskConfig, positions })).rejects.toMatchObject(recreated);
    await expect(lab.plan({ topics: [topic] }, 1, plan)).rejects.toMatchObject(recreated);
  });
});
