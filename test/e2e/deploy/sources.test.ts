import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Deployment } from './deployment.ts';
import { loadedClients } from './loaded-clients.ts';
import { openActivemq, openRabbitmq, type QueueSystem } from './queue-systems.ts';

// Functions start as processes of their own, and other tests share the cores.
jest.setTimeout(300_000);

const MESSAGES = 300;
const numbered = (type: string, from: number): string[] => Array.from({ length: MESSAGES }, (_, index) => `${type} ${from + index}`);

describe('the deployed functions', () => {
  let deployment: Deployment;
  const systems = new Map<string, QueueSystem>();

  beforeAll(async () => {
    deployment = await Deployment.prepare();
    await deployment.writeConnector({ name: 'kafka-source', maxTasks: 1 });
    await deployment.produce(MESSAGES);
    for (const open of [openRabbitmq, openActivemq]) {
      const system = await open(deployment.stack, `rocketmq-connect/${deployment.stage}/`);
      systems.set(system.type, system);
      await system.fill(numbered(system.type, 0));
      await putParameters(system.parameters);
      await deployment.writeConnectorOf(system.type, { name: system.type, source: system.source, maxTasks: 1 });
    }
    await deployment.deploy();
  }, 900_000);

  afterAll(async () => {
    for (const system of systems.values()) await system.remove();
    await deployment?.clean();
  }, 300_000);

  async function putParameters(parameters: Readonly<Record<string, string>>): Promise<void> {
    const client = new SSMClient(deployment.cloud.moto.clientConfig);
    for (const [Name, Value] of Object.entries(parameters))
      await client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
    client.destroy();
  }

  const start = (part: 'planner' | 'task') => deployment.cloud.functions.start(`${deployment.name}-${part}`);

  it.each(['rabbitmq-source', 'activemq-source'])('copy from %s, and again after they were frozen', async (type) => {
    const task = await start('task');
    for (const from of [0, MESSAGES]) {
      if (from > 0) await systems.get(type)?.fill(numbered(type, from));
      const { payload } = await task.invoke({ connector: type, task: 0 });
      expect(JSON.parse(payload)).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: MESSAGES } });
      await task.freeze(500);
    }
    const arrived = (await deployment.rocketmq.readTopic(deployment.topic)).flat().map(({ body }) => body.toString());
    const all = [...numbered(type, 0), ...numbered(type, MESSAGES)];
    expect(arrived.filter((body) => body.startsWith(type)).toSorted()).toEqual(all.toSorted());
  });

  it.each([
    ['kafka-source', '@platformatic/kafka'],
    ['rabbitmq-source', 'amqplib'],
    ['activemq-source', 'rhea'],
  ])('load no client but its own for %s', async (type, client) => {
    const [planner, task] = [await start('planner'), await start('task')];
    const planned = await planner.invoke({ action: 'replan', connector: type });
    expect(JSON.parse(planned.payload)).toMatchObject({ ok: true });
    expect(await loadedClients(planner, planned)).toEqual([client]);
    const ran = await task.invoke({ connector: type, task: 0 });
    expect(JSON.parse(ran.payload)).toMatchObject({ outcome: 'ran' });
    expect(await loadedClients(task, ran)).toEqual([client]);
  });
});
