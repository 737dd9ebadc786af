import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerRequest } from '../../../src/runtime/planner-api.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { RabbitmqLab } from './rabbitmq-lab.ts';

const LIMIT = 3;
/** RocketMQ's limit of a message is 4 MiB. */
const TOO_LARGE = Buffer.alloc(5 * 1024 * 1024, 'x');

describe('a quorum queue with a delivery limit that stands at a message which is refused', () => {
  let lab: RabbitmqLab;
  let admin: RocketmqAdmin;
  let runtime: TestRuntime;
  beforeAll(async () => {
    lab = await RabbitmqLab.open();
    admin = await RocketmqAdmin.open(lab.addresses.rocketmqNamesrv);
    runtime = new TestRuntime((await openTestStore(lab.addresses)).store);
  });
  afterAll(async () => {
    await runtime?.close();
    admin?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  const ask = (request: PlannerRequest) => createPlanner(runtime.plannerDeps).handle(request);
  const text = (body: string) => ({ body: Buffer.from(body) });

  /** `first`, a message that is too large, `last`; `id`: of the large one. */
  async function stuck(id?: string): Promise<{ queue: string; spec: ConnectorSpec; other: string }> {
    const queue = await lab.create('quorum', { 'x-delivery-limit': LIMIT });
    const other = await lab.create();
    await lab.queues.publish(queue, [text('first'), { body: TOO_LARGE, options: id === undefined ? {} : { messageId: id } }, text('last')]);
    return { queue, other, spec: await applied([queue, other]) };
  }

  async function applied(queues: readonly string[]): Promise<ConnectorSpec> {
    const name = uniqueName('limit');
    const rocketmq = { ...connectorSpec().rocketmq, endpoints: lab.addresses.rocketmqNamesrv, topic: name, requestTimeoutMs: 20_000 };
    const system = lab.config({ queues }) as unknown as ConnectorSpec['system'];
    const spec = connectorSpec({ name, type: 'rabbitmq-source', maxTasks: 1, system, rocketmq });
    await admin.createTopic(name, { queues: 1 });
    await runtime.apply(spec);
    return spec;
  }

  const run = ({ name }: ConnectorSpec) => runtime.run({ connector: name, task: 0 });
  const arrived = async ({ name }: ConnectorSpec) => (await admin.readTopic(name)).flat().map(({ body }) => body.toString());
  const placeOf = async ({ name }: ConnectorSpec) => (await runtime.store.listTasks(name))[0]?.lastRun?.stopped?.[0]?.place as string;

  it('loses neither that message nor those behind it, however many runs find it, while other queues go on', async () => {
    const { queue, spec, other } = await stuck();
    for (let runs = 0; runs < 2 * LIMIT; runs += 1) {
      await lab.queues.publish(other, [text(`other ${runs}`)]);
      const { summary } = await run(spec);
      expect(summary?.stopped).toEqual([expect.objectContaining({ partition: queue, code: 'RECORD_REFUSED' })]);
      expect(await lab.settledReady(queue, 2)).toBe(2);
    }
    expect((await arrived(spec)).toSorted()).toEqual(['first', 'other 0', 'other 1', 'other 2', 'other 3', 'other 4', 'other 5']);
  });

  it('ends its run at once, though more messages wait behind it than a run reads ahead', async () => {
    const queue = await lab.create('quorum', { 'x-delivery-limit': LIMIT });
    const other = await lab.create();
    await lab.queues.publish(queue, [{ body: TOO_LARGE }, ...Array.from({ length: 40 }, (_, index) => text(`${index}`))]);
    await lab.queues.publish(other, [text('other')]);
    const spec = await applied([queue, other]);
    const { summary } = await runtime.run({ connector: spec.name, task: 0 }, 120_000);
    expect(summary).toMatchObject({ outcome: 'caught-up', records: 1, stopped: [expect.objectContaining({ code: 'RECORD_REFUSED' })] });
    const alone = await applied([queue]);
    expect((await runtime.run({ connector: alone.name, task: 0 }, 120_000)).summary?.error?.code).toBe('RECORD_REFUSED');
    expect(await lab.settledReady(queue, 41)).toBe(41);
  });

  it.each(['its-own-id', undefined])('goes on behind it once a person skips it by its place (message id: %s)', async (id) => {
    const { queue, spec } = await stuck(id);
    await run(spec);
    await run(spec);
    expect(await ask({ action: 'skip', connector: spec.name, place: await placeOf(spec) })).toMatchObject({ ok: true });
    const { summary } = await run(spec);
    expect(summary).toMatchObject({ outcome: 'caught-up', records: 1, skipped: [expect.anything()] });
    expect(summary?.stopped).toBeUndefined();
    expect(await lab.settledReady(queue, 0)).toBe(0);
    expect(await arrived(spec)).toEqual(['first', 'last']);
  });

  it('is read again once it is resumed, or its file has changed', async () => {
    const { queue, spec } = await stuck();
    await run(spec);
    await ask({ action: 'resume', connector: spec.name });
    expect((await run(spec)).summary?.stopped).toHaveLength(1);
    const deadLetterTopic = uniqueName('dead');
    await admin.createTopic(deadLetterTopic, { queues: 1 });
    await runtime.apply({ ...spec, errors: { ...spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    expect((await run(spec)).summary).toMatchObject({ outcome: 'caught-up', records: 2, deadLetters: 1 });
    expect(await lab.settledReady(queue, 0)).toBe(0);
    expect(await arrived(spec)).toEqual(['first', 'last']);
  });
});
