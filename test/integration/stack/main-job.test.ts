import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { type Dataset, openDataset } from '../../../infra/local/main-job/flights/dataset.ts';
import { mainJob } from '../../../infra/local/main-job/main-job.ts';
import { kafkaSystem } from '../../../infra/local/main-job/sources/kafka.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { Output } from '../../../src/cli/terminal/output.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import { uniqueName } from '../../support/names.ts';
import { RocketmqFront } from '../../support/rocketmq-front.ts';
import { stackAddresses } from '../../support/stack.ts';

const ROWS = 400;
/** Long enough for a busy machine to copy the rows. A task whose server is away waits it out. */
const INVOCATION_MS = 20_000;

/** The first rows of a data set. */
async function beginning(): Promise<Dataset> {
  for await (const chunk of (await openDataset('flights-200k')).messages())
    return {
      name: 'flights',
      rows: ROWS,
      async *messages() {
        yield chunk.slice(0, ROWS);
      },
    };
  throw new Error('the data set is empty');
}

describe('the main job', () => {
  const name = uniqueName('main-job');
  let addresses: StackAddresses;
  let rocketmq: RocketmqAdmin;

  beforeAll(async () => {
    addresses = await stackAddresses();
    rocketmq = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });
  afterAll(async () => {
    await rocketmq.deleteTopic(name);
    rocketmq.close();
    const topics = new KafkaTopics(addresses.kafka);
    for (const topic of [name, `${name}-copy`]) await topics.delete(topic);
    await topics.close();
  });

  /** Runs it with RocketMQ at `endpoints`. Returns its exit code and what it printed. */
  async function run(endpoints: string, back = false) {
    const printed = { results: [] as string[], problems: [] as string[], progress: [] as string[] };
    const output = {
      result: (text: string) => printed.results.push(text),
      problem: (text: string) => printed.problems.push(text),
      progress: (text: string) => printed.progress.push(text),
      note: () => {},
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    } as unknown as Output;
    const environment = {
      ...kafkaSystem.environment(addresses),
      CONNECT_ROCKETMQ_ENDPOINTS: endpoints,
      AWS_ENDPOINT_URL_DYNAMODB: addresses.dynamodb,
    };
    Object.assign(process.env, environment);
    const source = await kafkaSystem.open(addresses, '');
    const { signal } = new AbortController();
    try {
      return {
        ...printed,
        code: await mainJob({
          dataset: await beginning(),
          command: 'npm start',
          back,
          system: kafkaSystem,
          source,
          name,
          rocketmq,
          environment,
          output,
          signal,
          invocationMs: INVOCATION_MS,
        }),
      };
    } finally {
      await source.close();
    }
  }

  it('says that it waits for RocketMQ while that is away, and after a while what to do; the same command then goes on', async () => {
    const front = await RocketmqFront.start(addresses.rocketmqNamesrv, addresses.rocketmqBroker);
    const { address } = front;
    // Some records are there before RocketMQ goes, and the others wait: a task that opens its topic later fails at once.
    let batches = 0;
    front.refuse = ({ asks }) => {
      if (asks) return undefined;
      batches += 1;
      if (batches === 1) return undefined;
      if (batches === 4) void front[Symbol.asyncDispose]();
      return responseCode.SYSTEM_BUSY;
    };
    const { code, problems, progress } = await run(address);
    expect(progress).toContainEqual(expect.stringMatching(new RegExp(`^  waiting \\d+\\.\\d s for RocketMQ at ${address}, copied `)));
    expect(problems).not.toEqual([]);
    for (const problem of problems) {
      expect(problem).toMatch(/^task \d: UNREACHABLE: rocketmq\.endpoints: .*; start RocketMQ /);
      expect(problem).toMatch(/ then run the same command again: nothing is lost, it goes on where this run stopped$/);
    }
    expect(code).toBe(1);

    const [, port] = address.split(':');
    await using _again = await RocketmqFront.start(addresses.rocketmqNamesrv, addresses.rocketmqBroker, Number(port));
    const { code: second, results } = await run(address);
    expect(results).toContainEqual(expect.stringMatching(`^Check passed: ${ROWS} of ${ROWS} records`));
    expect(second).toBe(0);
  });

  it('copies the records back into the system, checks the copies, and finds nothing to copy the next time', async () => {
    const { code, results, problems } = await run(addresses.rocketmqEndpoints, true);
    expect(problems).toEqual([]);
    expect(results.filter((text) => text.startsWith(`Check passed: ${ROWS} of ${ROWS} records`))).toHaveLength(2);
    expect(code).toBe(0);
    const again = await run(addresses.rocketmqEndpoints, true);
    expect(again.results.filter((text) => text.startsWith('There is nothing to copy'))).toHaveLength(2);
    expect(again.results.at(-1)).toContain(`npx rocketmq-connect status ${name}-back`);
    expect(again.code).toBe(0);

    const topics = new KafkaTopics(addresses.kafka);
    await topics.produce(`${name}-copy`, [{ partition: 0, key: null, value: Buffer.from('of somebody else') }]);
    await topics.close();
    const spoiled = await run(addresses.rocketmqEndpoints, true);
    expect(spoiled.results.at(-1)).toMatch(
      /^Check FAILED: 400 of 400 .*\n {2}partition 0 offset \d+: a record without row or key is none of the data set$/,
    );
    expect(spoiled.code).toBe(1);
  });
});
