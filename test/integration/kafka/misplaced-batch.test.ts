import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { setAcls } from '../../support/kafka-acls.ts';
import { KafkaLab, numbers, texts } from './kafka-lab.ts';

let lab: KafkaLab;
beforeAll(async () => {
  lab = await KafkaLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Three batches of ten records in one partition. */
async function batches(configs: Parameters<KafkaLab['topic']>[2] = []): Promise<string> {
  const topic = await lab.topic(1, 0, configs);
  const key = (value: number) => Buffer.from(String(value));
  for (const from of [0, 10, 20]) {
    const values = Array.from({ length: 10 }, (_, index) => from + index);
    await lab.topics.produce(
      topic,
      values.map((value) => ({ partition: 0, key: key(value), value: key(value) })),
    );
  }
  return topic;
}

describe('a batch whose header says another offset than it has', () => {
  it.each([64, 3])('is refused by name where the next batch is seen, too: offset %s', async (says) => {
    const topic = await batches();
    await lab.misplace(topic, 0, 10, says);
    const { records, notices } = await lab.run({ topics: [topic] });
    const refused = records.filter((record) => record.refused !== undefined);
    expect(texts(records.filter((record) => record.refused === undefined))).toEqual([...numbers(10), ...numbers(10, 20)]);
    expect(refused).toMatchObject([{ id: '10', position: '20', refused: { code: 'RECORD_REFUSED' } }]);
    expect(notices).toEqual([]);
  });

  describe('and that a broker therefore passes over', () => {
    const afterFirst = (topic: string) => new Map([[`${topic}-0`, '10']]);
    const leftOut = (topic: string) =>
      `partition ${topic}-0: its leader has nothing for 10 offsets from 10 on, though topic ${topic} is not compacted`;

    it('is named as a gap, and all behind it is copied', async () => {
      const topic = await batches();
      await lab.misplace(topic, 0, 10, 0);
      const { records, notices } = await lab.run({ topics: [topic] }, { positions: afterFirst(topic) });
      expect(texts(records)).toEqual(numbers(10, 20));
      expect(notices).toEqual([expect.stringContaining(leftOut(topic))]);
    });

    it.each([
      ['of a compacted topic, which has gaps by itself', [{ name: 'cleanup.policy', value: 'compact' }], false],
      ['where the user may not see what the topic is', [], true],
    ])('is not named %s', async (_what, configs, denied) => {
      const topic = await batches(configs);
      await lab.misplace(topic, 0, 10, 0);
      const acl = {
        resourceType: ResourceTypes.TOPIC,
        resourceName: topic,
        resourcePatternType: ResourcePatternTypes.LITERAL,
        principal: `User:${lab.addresses.kafkaUsername}`,
        host: '*',
        operation: AclOperations.DESCRIBE_CONFIGS,
        permissionType: AclPermissionTypes.DENY,
      };
      const allowed = { ...acl, operation: AclOperations.READ, permissionType: AclPermissionTypes.ALLOW };
      const user = { mechanism: 'PLAIN', username: lab.addresses.kafkaUsername, password: lab.addresses.kafkaPassword };
      const takeBack = denied ? await setAcls(lab.admin, [acl, allowed]) : undefined;
      try {
        const options = { topics: [topic], ...(denied && { bootstrapServers: lab.addresses.kafkaSasl, sasl: user }) };
        const { records, notices } = await lab.run(options, { positions: afterFirst(topic) });
        expect([texts(records), notices]).toEqual([numbers(10, 20), []]);
      } finally {
        await takeBack?.();
      }
    });
  });
});
