import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Deployment } from './deployment.ts';

/** What becomes of a deployment when connector files change. It has `orders` with two tasks, before these cases and after them. */
export function updateCases(deployed: () => Deployment): void {
  let deployment: Deployment;
  let scheduler: SchedulerClient;

  beforeAll(() => {
    deployment = deployed();
    scheduler = new SchedulerClient(deployment.cloud.moto.clientConfig);
  });

  afterAll(() => scheduler?.destroy());

  const schedulesOf = async (connector: string) => {
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ GroupName: deployment.name }));
    return Schedules.filter(({ Name }) => Name?.startsWith(connector));
  };

  it('takes over new and changed connector files when it is deployed again, though one of them names what does not exist', async () => {
    await deployment.writeConnector({ name: 'orders', maxTasks: 4, schedule: 'rate(1 hour)' });
    await deployment.writeConnector({ name: 'absent', maxTasks: 1, source: 'no-such-topic' });
    await deployment.writeConnector({ name: 'present', maxTasks: 3, schedule: 'rate(5 minutes)' });
    const { code, output } = await deployment.sls('deploy');
    await deployment.service.removeConnector('absent');
    await deployment.service.removeConnector('present');
    expect(code).toBe(1);
    expect(output).toMatch(/Stack \S+ is deployed, but 1 of 3 connectors could not be applied; .* npx sls connect apply --stage \S+/);
    expect(output).not.toMatch(/failed to deploy/);
    expect(output).toMatch(/connectors\/absent\.yml:\d+:\d+: NOT_FOUND: source\.topics/);
    expect(output).toMatch(/present: 3 create/);
    expect(await schedulesOf('present')).toHaveLength(1);
    expect(output).toMatch(/orders: 2 create, 2 change, .* 2 partitions move; schedules: 1 changed/);
    expect(await schedulesOf('orders')).toHaveLength(1);
  }, 900_000);

  it('names a connector whose file is gone', async () => {
    await deployment.service.removeConnector('orders');
    const { output } = await deployment.sls('connect apply');
    expect(output).toMatch(/Connector orders has no file and keeps running; to end it, run rocketmq-connect delete orders --target aws/);
    expect(await schedulesOf('orders')).toHaveLength(1);

    await deployment.writeConnector({ name: 'orders', maxTasks: 2, schedule: 'rate(5 minutes)' });
    await deployment.sls('connect apply');
    expect(await schedulesOf('orders')).toHaveLength(1);
  }, 900_000);

  it('stays as it is when a connector file is wrong: file, line and option are named', async () => {
    await deployment.service.writeConnector('wrong', 'name: wrong\ntype: kafka-source\nmaxTask: 3\n');
    const { code, output } = await deployment.sls('deploy');
    await deployment.service.removeConnector('wrong');
    expect(code).toBe(1);
    expect(output).toMatch(/connectors\/wrong\.yml:3:1: CONFIG_INVALID: maxTask/);
    expect(output).toMatch(/the deployment changed nothing/);
  }, 600_000);
}
