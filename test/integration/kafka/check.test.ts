import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import type { Finding } from '../../../src/api/index.ts';
import { setAcls } from '../../support/kafka-acls.ts';
import { KafkaLab, numbers, type Options, texts } from './kafka-lab.ts';

let lab: KafkaLab;
let topic: string;
let ca: string;
beforeAll(async () => {
  lab = await KafkaLab.open();
  topic = await lab.topic(2, 10);
  ca = await readFile(lab.addresses.kafkaCaFile, 'utf8');
});
afterAll(() => lab[Symbol.asyncDispose]());

async function check(options: Options): Promise<Finding[]> {
  const findings = await lab.connector({ topics: [topic], ...options }).check();
  for (const { message, remedy } of findings) expect(`${message} ${remedy}`).not.toMatch(/\n|connect-secret/);
  return findings;
}

const sasl = (mechanism: string, password = lab.addresses.kafkaPassword) => ({
  mechanism,
  username: lab.addresses.kafkaUsername,
  password,
});
const error = (code: string, option: string, message: RegExp) => [
  expect.objectContaining({ level: 'error', code, option, message: expect.stringMatching(message) }),
];

describe('a check', () => {
  it('finds nothing wrong with brokers and topics that are there', async () => {
    expect(await check({})).toEqual([]);
  });

  it('names a topic that does not exist', async () => {
    expect(await check({ topics: [topic, 'no-such-topic'] })).toEqual(
      error('NOT_FOUND', 'source.topics', /^topic no-such-topic does not exist/),
    );
  });

  it('offers the topic that is meant', async () => {
    expect(await check({ topics: [topic.slice(0, -1)] })).toMatchObject([
      { remedy: `did you mean ${topic}? Else create it, or correct source.topics` },
    ]);
  });

  it('warns of a pattern that matches nothing', async () => {
    expect(await lab.connector({ topicsPattern: 'nothing-like-it' }).check()).toMatchObject([
      { level: 'warning', code: 'NOT_FOUND', option: 'source.topicsPattern' },
    ]);
  });

  it('names a start offset of a partition that is not copied', async () => {
    expect(await check({ startAt: { offsets: { [`${topic}-0`]: 1, [`${topic}-7`]: 1 } } })).toMatchObject([
      { level: 'error', code: 'NOT_FOUND', option: `source.startAt.offsets.${topic}-7` },
    ]);
  });

  it('names an address where nobody listens', async () => {
    expect(await check({ bootstrapServers: '127.0.0.1:1' })).toEqual(
      error('UNREACHABLE', 'source.bootstrapServers', /^the Kafka broker at 127.0.0.1:1 refuses connections/),
    );
  });

  it('names a host that does not exist', async () => {
    // A resolver may take longer than a check waits for all.
    expect(await check({ bootstrapServers: 'no-such-host.invalid:9092', connectTimeoutMs: 3_000 })).toEqual(
      error('UNREACHABLE', 'source.bootstrapServers', /no-such-host.invalid:9092/),
    );
  });

  it('is content with one broker of several', async () => {
    expect(await check({ bootstrapServers: ['127.0.0.1:1', lab.addresses.kafka] })).toEqual([]);
  });
});

describe.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('credentials by %s', (mechanism) => {
  it('let a task read', async () => {
    const options = { topics: [topic], bootstrapServers: lab.addresses.kafkaSasl, sasl: sasl(mechanism) };
    expect(await check(options)).toEqual([]);
    expect(texts((await lab.run(options)).records).sort()).toEqual(numbers(10));
  });

  it('are refused where the password is wrong', async () => {
    const options = { topics: [topic], bootstrapServers: lab.addresses.kafkaSasl, sasl: sasl(mechanism, 'wrong') };
    expect(await check(options)).toEqual(error('AUTH_FAILED', 'source.sasl', /refused user name or password|refused the credentials/));
  });
});

describe('credentials', () => {
  it.each(['SCRAM-SHA-256', 'SCRAM-SHA-512'])('by %s may be of a user with commas and equal signs in its name', async (mechanism) => {
    const user = { username: `a,b,c=${mechanism},=,`, password: 'pass,word=,' };
    await lab.addScramUser(mechanism, user);
    const options = { topics: [topic], bootstrapServers: lab.addresses.kafkaSasl, sasl: { mechanism, ...user } };
    // The controller answers before the broker knows the user.
    while ((await check(options)).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await lab.run(options)).records).toHaveLength(10);
    const other = { ...user, username: user.username.replace(',c', 'c') };
    expect(await check({ ...options, sasl: { mechanism, ...other } })).toEqual(error('AUTH_FAILED', 'source.sasl', /refused/));
  });

  it('are said to be missing where a broker hangs up without them', async () => {
    const [finding] = await check({ bootstrapServers: lab.addresses.kafkaSasl });
    expect(finding).toMatchObject({ code: 'UNREACHABLE', remedy: expect.stringContaining('source.sasl') });
  });

  it('are said to be too much where a port asks for none', async () => {
    expect(await check({ sasl: sasl('PLAIN') })).toEqual(error('AUTH_FAILED', 'source.sasl', /does not ask for credentials/));
  });

  it('need the right to read the topic', async () => {
    const denied = await lab.topic(1, 1);
    const acl = {
      resourceType: ResourceTypes.TOPIC,
      resourceName: denied,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${lab.addresses.kafkaUsername}`,
      host: '*',
      operation: AclOperations.READ,
      permissionType: AclPermissionTypes.DENY,
    };
    const takeBack = await setAcls(lab.admin, [acl]);
    try {
      const options = { topics: [denied], bootstrapServers: lab.addresses.kafkaSasl, sasl: sasl('PLAIN') };
      const forbidden = { code: 'FORBIDDEN', message: expect.stringContaining(denied) };
      expect(await check(options)).toMatchObject([{ ...forbidden, option: 'source.topics' }]);
      await expect(lab.run(options)).rejects.toMatchObject({ ...forbidden, retriable: false });
    } finally {
      await takeBack();
    }
  });
});

describe('encryption', () => {
  it('lets a task read where the authority is trusted, with and without credentials', async () => {
    const tls = { ca };
    const plain = { topics: [topic], bootstrapServers: lab.addresses.kafkaTls, tls };
    const secured = { topics: [topic], bootstrapServers: lab.addresses.kafkaSaslTls, tls, sasl: sasl('SCRAM-SHA-512') };
    for (const options of [plain, secured]) expect((await lab.run(options)).records).toHaveLength(10);
  });

  it('is refused where the authority is not trusted', async () => {
    expect(await check({ bootstrapServers: lab.addresses.kafkaTls, tls: {} })).toEqual(error('TLS_FAILED', 'source.tls', /certificate/));
  });

  it('is refused for another name', async () => {
    expect(await check({ bootstrapServers: lab.addresses.kafkaTls, tls: { ca, servername: 'elsewhere' } })).toEqual(
      error('TLS_FAILED', 'source.tls', /another name/),
    );
  });

  it('is taken without trust where that is wanted', async () => {
    expect(await check({ bootstrapServers: lab.addresses.kafkaTls, tls: { rejectUnauthorized: false } })).toEqual([]);
  });

  it('is said to be missing, or too much', async () => {
    for (const options of [{ bootstrapServers: lab.addresses.kafkaTls }, { tls: { ca } }]) {
      const findings = await check(options);
      expect(findings).toMatchObject([{ level: 'error', remedy: expect.stringContaining('source.tls') }]);
    }
  });
});
