import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { ActivemqLab, numbered, numbers, texts } from './activemq-lab.ts';

describe.each(['activemq', 'artemis'] as const)('a durable subscription on %s', (server) => {
  let lab: ActivemqLab;
  beforeAll(async () => {
    lab = await ActivemqLab.open((await stackAddresses())[server]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const publish = (topic: string, count: number, from = 0) => lab.broker.send({ name: topic, topic: true }, numbered(count, from));

  it('keeps what is published between two runs, and what a run had not sent', async () => {
    const topic = uniqueName('topic');
    const options = { subscriptions: [{ topic, name: uniqueName('sub') }] };
    expect(await lab.check(options)).toEqual([]);
    expect((await lab.run(options)).records).toEqual([]);
    await publish(topic, 100);
    await lab.run(options, { acknowledge: (records) => records.filter(({ value }) => String(value) === '39') });
    await publish(topic, 100, 100);
    const { records } = await lab.run(options);
    expect(texts(records)).toEqual(numbers(160, 40));
    expect((await lab.run(options)).records).toEqual([]);
  });

  it('is not told of what others on its topic have acknowledged', async () => {
    const topic = uniqueName('topic');
    const options = ['one', 'other'].map((name) => ({ subscriptions: [{ topic, name: uniqueName(name) }] }));
    const [one, other] = options as [(typeof options)[0], (typeof options)[0]];
    for (const subscription of options) await lab.run(subscription);
    await publish(topic, 10);
    await lab.run(one, { acknowledge: (records) => records.filter(({ value }) => String(value) === '3') });
    expect(texts((await lab.run(other)).records)).toEqual(numbers(10));
    expect(texts((await lab.run(one)).records)).toEqual(numbers(6, 4));
  });

  it('gets what its selector wants', async () => {
    const topic = uniqueName('topic');
    const options = { subscriptions: [{ topic, name: uniqueName('red'), selector: "color = 'red'" }] };
    await lab.run(options);
    const messages = ['red', 'blue', 'red'].map((color) => ({ body: color, application_properties: { color } }));
    await lab.broker.send({ name: topic, topic: true }, messages);
    expect(texts((await lab.run(options)).records)).toEqual(['red', 'red']);
  });

  it('is not planned with another selector or for another topic, with which the broker would delete what waits in it', async () => {
    const topic = uniqueName('topic');
    const name = uniqueName('kept');
    const made = { subscriptions: [{ topic, name, selector: "color = 'red'" }] };
    const plan = await lab.plan(made);
    await lab.run(made);
    await lab.broker.send({ name: topic, topic: true }, [{ body: 'waits', application_properties: { color: 'red' } }]);
    for (const other of [
      { topic, name },
      { topic, name, selector: 'n > 1' },
      { topic: uniqueName('topic'), name, selector: "color = 'red'" },
    ]) {
      await expect(lab.plan({ subscriptions: [other] }, plan)).rejects.toMatchObject({ code: 'CONFIG_INVALID', retriable: false });
    }
    const without = await lab.plan({ queues: ['orders'] }, plan);
    await expect(lab.plan({ subscriptions: [{ topic, name }] }, without)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await lab.plan(made, plan)).toEqual(plan);
    expect(texts((await lab.run(made)).records)).toEqual(['waits']);
  });

  it('has one consumer at a time: a second one is told so, and may try again', async () => {
    const options = { subscriptions: [{ topic: uniqueName('topic'), name: uniqueName('sub') }] };
    const first = lab.task(options);
    await first.start();
    const second = lab.task(options);
    await second.start();
    const { stopped } = await second.poll({ maxRecords: 1, maxBytes: 1 });
    expect([...(stopped?.values() ?? [])]).toMatchObject([{ code: 'UNREACHABLE', retriable: true }]);
    await second.stop();
    await first.stop();
    expect((await lab.run(options)).records).toEqual([]);
  });
});

describe('a subscription that another client made', () => {
  it('is refused on Artemis where its selector or topic is another, and is whole afterwards', async () => {
    await using lab = await ActivemqLab.open((await stackAddresses()).artemis);
    const [topic, name, clientId] = [uniqueName('topic'), uniqueName('theirs'), uniqueName('client')];
    const theirs = { subscriptions: [{ topic, name, clientId, selector: "color = 'red'" }] };
    await lab.run(theirs);
    await lab.broker.send({ name: topic, topic: true }, [{ body: 'waits', application_properties: { color: 'red' } }]);
    for (const other of [
      { topic, name, clientId },
      { topic: uniqueName('topic'), name, clientId, selector: "color = 'red'" },
    ]) {
      const options = { subscriptions: [other] };
      expect(await lab.check(options)).toMatchObject([{ level: 'error', code: 'CONFIG_INVALID', option: 'source.subscriptions' }]);
      await expect(lab.run(options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', retriable: false });
    }
    expect(await lab.check(theirs)).toEqual([]);
    expect(texts((await lab.run(theirs)).records)).toEqual(['waits']);
  });

  it('is taken over on Classic, which can not be asked, only where the user says that the selector is the same', async () => {
    await using lab = await ActivemqLab.open((await stackAddresses()).activemq);
    const subscription = { topic: uniqueName('topic'), name: uniqueName('theirs'), clientId: uniqueName('client') };
    expect(await lab.check({ subscriptions: [subscription] })).toMatchObject([
      { code: 'CONFIG_INVALID', remedy: expect.stringContaining('takeOver: true') },
    ]);
    expect(await lab.check({ subscriptions: [{ ...subscription, takeOver: true }] })).toEqual([]);
  });
});

it('a topic of Classic that this user may not read is FORBIDDEN', async () => {
  const { activemq, activemqLimitedUsername: username, activemqPassword: password } = await stackAddresses();
  await using lab = await ActivemqLab.open(activemq);
  const topic = uniqueName('topic');
  await lab.broker.send({ name: topic, topic: true }, numbered(1));
  const options = { username, password, subscriptions: [{ topic, name: uniqueName('sub') }] };
  expect(await lab.check(options)).toMatchObject([{ code: 'FORBIDDEN', option: 'source.subscriptions' }]);
  await expect(lab.run(options)).rejects.toMatchObject({ code: 'FORBIDDEN', retriable: false });
});
