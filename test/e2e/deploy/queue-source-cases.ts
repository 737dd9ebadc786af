import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from '@jest/globals';
import type { Deployment } from './deployment.ts';
import { loadedClients } from './loaded-clients.ts';
import { openActivemq, openRabbitmq, type QueueSystem } from './queue-systems.ts';

const MESSAGES = 300;
const numbered = (type: string, from: number): string[] => Array.from({ length: MESSAGES }, (_, index) => `${type} ${from + index}`);

/** Makes a connector from a queue of each other system, before the deployment. */
export async function addQueueConnectors(deployment: Deployment): Promise<ReadonlyMap<string, QueueSystem>> {
  const systems = new Map<string, QueueSystem>();
  for (const open of [openRabbitmq, openActivemq]) {
    const system = await open(deployment.stack, `rocketmq-connect/${deployment.stage}/`);
    systems.set(system.type, system);
    await system.fill(numbered(system.type, 0));
    await putParameters(deployment, system.parameters);
    await deployment.writeConnectorOf(system.type, { name: system.type, source: system.source, maxTasks: 1 });
  }
  return systems;
}

async function putParameters({ cloud }: Deployment, parameters: Readonly<Record<string, string>>): Promise<void> {
  const client = new SSMClient(cloud.moto.clientConfig);
  for (const [Name, Value] of Object.entries(parameters)) await client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  client.destroy();
}

/** What the deployed functions do with these connectors, and with one from Kafka that is named `kafka-source`. */
export function queueSourceCases(deployed: () => Deployment, systems: () => ReadonlyMap<string, QueueSystem>): void {
  const start = (part: 'planner' | 'task') => deployed().cloud.functions.start(`${deployed().name}-${part}`);

  it.each([
    ['rabbitmq-source', 'amqplib'],
    ['activemq-source', 'rhea'],
  ])('copy from %s, and again after they were frozen, with no client but its own', async (type, client) => {
    const task = await start('task');
    for (const from of [0, MESSAGES]) {
      if (from > 0) await systems().get(type)?.fill(numbered(type, from));
      const ran = await task.invoke({ connector: type, task: 0 });
      expect(await loadedClients(task, ran)).toEqual([client]);
      expect(JSON.parse(ran.payload)).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: MESSAGES } });
      await task.freeze(500);
    }
    const arrived = (await deployed().rocketmq.readTopic(deployed().topic)).flat().map(({ body }) => body.toString());
    const all = [...numbered(type, 0), ...numbered(type, MESSAGES)];
    expect(arrived.filter((body) => body.startsWith(type)).toSorted()).toEqual(all.toSorted());
  });

  it.each([
    ['kafka-source', '@platformatic/kafka'],
    ['rabbitmq-source', 'amqplib'],
    ['activemq-source', 'rhea'],
  ])('load no client but its own to plan %s', async (type, client) => {
    const planner = await start('planner');
    const planned = await planner.invoke({ action: 'replan', connector: type });
    expect(JSON.parse(planned.payload)).toMatchObject({ ok: true });
    expect(await loadedClients(planner, planned)).toEqual([client]);
  });

  it('load no client but its own to copy from Kafka', async () => {
    const task = await start('task');
    const ran = await task.invoke({ connector: 'kafka-source', task: 0 });
    expect(JSON.parse(ran.payload)).toMatchObject({ outcome: 'ran' });
    expect(await loadedClients(task, ran)).toEqual(['@platformatic/kafka']);
  });
}
