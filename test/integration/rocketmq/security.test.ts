import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { silentLogger } from '../../../src/api/index.ts';
import { READER_GROUP } from '../../../src/rocketmq/pull-request.ts';
import { checkQueues, groupOffsets, listTopics } from '../../../src/rocketmq/queue-checks.ts';
import { openQueues } from '../../../src/rocketmq/queues.ts';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { openProducer } from '../../../src/transport/open-producer.ts';
import { OwnServer } from '../../support/own-server.ts';
import { named } from './named-topics.ts';
import { rocketmqWith } from './rocketmq-servers.ts';
import { sharedSecurityCases } from './shared-security-cases.ts';

const ADMIN = { accessKey: 'admin', secretKey: 'admin-secret' };
const WRITER = { accessKey: 'writer', secretKey: 'writer-secret' };
const STRANGER = { accessKey: 'stranger', secretKey: 'stranger-secret' };
const READER = { accessKey: 'reader', secretKey: 'reader-secret' };
const SHARER = { accessKey: 'sharer', secretKey: 'sharer-secret' };
const MEMBER = { accessKey: 'member', secretKey: 'member-secret' };
const TELLER = { accessKey: 'teller', secretKey: 'teller-secret' };
const TOPIC = 'orders';
/** Only the administrator may read it. */
const OTHER = 'payments';
/** A consumer group. */
const SHARED = 'sharers';
const ANSWER_MS = 30_000;

/** What an operator would do with mqadmin. */
const UPDATE_AND_CREATE_TOPIC = 17;
const UPDATE_AND_CREATE_GROUP = 200;
const AUTH_CREATE_USER = 3001;
const AUTH_CREATE_ACL = 3006;

const PACKAGE = 'org.apache.rocketmq.auth';
/** For the broker, and for the proxy, which has no users of its own. */
const AUTH = {
  authenticationEnabled: true,
  authenticationProvider: `${PACKAGE}.authentication.provider.DefaultAuthenticationProvider`,
  authenticationMetadataProvider: `${PACKAGE}.authentication.provider.LocalAuthenticationMetadataProvider`,
  authorizationEnabled: true,
  authorizationProvider: `${PACKAGE}.authorization.provider.DefaultAuthorizationProvider`,
  authorizationMetadataProvider: `${PACKAGE}.authorization.provider.LocalAuthorizationMetadataProvider`,
  initAuthenticationUser: `{"username":"${ADMIN.accessKey}","password":"${ADMIN.secretKey}"}`,
  innerClientAuthenticationCredentials: `{"accessKey":"${ADMIN.accessKey}","secretKey":"${ADMIN.secretKey}"}`,
};
const AUTH_CONF = Object.entries(AUTH).map(([name, value]) => `${name}=${value}`);
/** The proxy asks the broker. */
const PROXY_AUTH = {
  ...AUTH,
  authenticationMetadataProvider: 'org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider',
  authorizationMetadataProvider: 'org.apache.rocketmq.proxy.auth.ProxyAuthorizationMetadataProvider',
};

const PROTOCOLS = ['remoting', 'grpc'] as const;

describe('a RocketMQ with users and certificates', () => {
  let folder: string;
  let certificate: string;
  let rocketmq: OwnServer;
  const trusted = tls.getCACertificates('default');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rocketmq-tls-'));
    const made = await generate([{ name: 'commonName', value: 'rocketmq.test' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    certificate = made.cert;
    await writeFile(join(folder, 'server.key'), made.private);
    await writeFile(join(folder, 'server.pem'), made.cert);
    const files = { keyPath: join(folder, 'server.key'), certPath: join(folder, 'server.pem') };
    const java = ['-Dtls.test.mode.enable=false', ...Object.entries(files).map(([name, path]) => `-Dtls.server.${name}=${path}`)];
    const proxy = { ...PROXY_AUTH, tlsTestModeEnable: false, tlsKeyPath: files.keyPath, tlsCertPath: files.certPath };
    rocketmq = await OwnServer.start(rocketmqWith({ brokerConf: AUTH_CONF, java, proxy }));
    await administrate();
    // The broker tells the name server of a new topic after it has answered.
    for (const topic of [OTHER, TOPIC])
      for (const protocol of PROTOCOLS)
        while ((await checkTopic({ ...config({ ...ADMIN, protocol }), topic }, silentLogger)).length > 0) await sleep(100);
  }, 900_000);

  afterEach(() => tls.setDefaultCACertificates(trusted));
  afterAll(async () => {
    await rocketmq?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function administrate(): Promise<void> {
    const client = new RemotingClient({ credentials: ADMIN });
    const ask = async (code: number, fields: Record<string, string>, body?: object) => {
      const request = { code, fields, ...(body && { body: Buffer.from(JSON.stringify(body)) }) };
      expect(await client.request(rocketmq.address('broker'), request, ANSWER_MS)).toMatchObject({ code: 0 });
    };
    for (const topic of [OTHER, TOPIC])
      await ask(UPDATE_AND_CREATE_TOPIC, {
        topic,
        defaultTopic: topic,
        readQueueNums: '2',
        writeQueueNums: '2',
        perm: '6',
        topicFilterType: 'SINGLE_TAG',
        topicSysFlag: '0',
        order: 'false',
      });
    await ask(UPDATE_AND_CREATE_GROUP, {}, { groupName: SHARED });
    for (const { accessKey, secretKey } of [WRITER, STRANGER, READER, TELLER, SHARER, MEMBER])
      await ask(AUTH_CREATE_USER, { username: accessKey }, { username: accessKey, password: secretKey, userType: 'Normal' });
    const allow = async ({ accessKey }: typeof WRITER, resources: readonly string[], action: string) => {
      const subject = `User:${accessKey}`;
      const entries = resources.map((resource) => ({ resource, actions: [action], sourceIps: [], decision: 'Allow' }));
      await ask(AUTH_CREATE_ACL, { subject }, { subject, policies: [{ policyType: 'Custom', entries }] });
    };
    await allow(TELLER, [`Topic:${TOPIC}`, `Group:${READER_GROUP}`, 'Group:connect-orders'], 'Sub');
    await allow(SHARER, [`Topic:${TOPIC}`, `Group:${SHARED}`], 'Sub');
    await allow(MEMBER, [`Group:${SHARED}`], 'Sub');
    await allow(WRITER, [`Topic:${TOPIC}`], 'Pub');
    await allow(READER, [`Topic:${TOPIC}`, `Group:${READER_GROUP}`], 'Sub');
    client.close();
  }

  const addressOf = (protocol: RocketmqConfig['protocol']) => rocketmq.address(protocol === 'grpc' ? 'grpc' : 'namesrv');
  const config = (given: Partial<RocketmqConfig>): RocketmqConfig => ({
    endpoints: addressOf(given.protocol),
    order: 'none',
    topic: TOPIC,
    namespace: '',
    tls: false,
    requestTimeoutMs: 20_000,
    ...given,
  });

  /** Sends one message; resolves once RocketMQ has acknowledged it. */
  async function send(given: Partial<RocketmqConfig>): Promise<void> {
    const producer = await openProducer(config(given), silentLogger);
    try {
      await producer.send(0, [{ body: Buffer.from('v'), keys: ['k'], properties: new Map([['größe', '1']]) }], Date.now() + 60_000);
    } finally {
      await producer.close();
    }
  }

  async function finding(given: Partial<RocketmqConfig>) {
    const findings = await checkTopic(config(given), silentLogger);
    expect(JSON.stringify(findings)).not.toContain('-secret');
    await expect(send(given)).rejects.toMatchObject({ code: findings[0]?.code, retriable: findings[0]?.code === 'TLS_FAILED' });
    return findings[0];
  }

  it.each(PROTOCOLS)('takes messages of a user who may publish, and only that, over %s', async (protocol) => {
    await expect(checkTopic(config({ ...WRITER, protocol }), silentLogger)).resolves.toEqual([]);
    await send({ ...WRITER, protocol });
    await send({ ...ADMIN, protocol });
  });

  describe.each(PROTOCOLS)('over %s', (protocol) => {
    it.each([
      ['a wrong secret key', { ...WRITER, secretKey: 'wrong-secret' }],
      ['an unknown access key', { ...WRITER, accessKey: 'nobody' }],
      ['no keys', {}],
    ])('is found to refuse %s', async (_, keys) => {
      expect(await finding({ ...keys, protocol })).toMatchObject({
        code: 'AUTH_FAILED',
        option: 'rocketmq.accessKey',
        remedy: 'set rocketmq.accessKey and rocketmq.secretKey to those of a RocketMQ user',
      });
    });

    it('is found to refuse a user without permission', async () => {
      expect(await finding({ ...STRANGER, protocol })).toMatchObject({
        code: 'FORBIDDEN',
        option: 'rocketmq.topic',
        remedy: `allow it: mqadmin createAcl -s User:<accessKey> -r Topic:${TOPIC} -a Pub -d Allow`,
      });
    });

    it('is found not to be trusted where its certificate is not', async () => {
      expect(await finding({ ...WRITER, protocol, tls: true })).toMatchObject({ code: 'TLS_FAILED', option: 'rocketmq.endpoints' });
    });

    it('is trusted once its certificate is, and by the name in it only', async () => {
      tls.setDefaultCACertificates([...trusted, certificate]);
      await send({ ...WRITER, protocol, tls: true });
      const endpoints = addressOf(protocol).replace('127.0.0.1', 'localhost');
      expect(await finding({ ...WRITER, protocol, tls: true, endpoints })).toMatchObject({
        code: 'TLS_FAILED',
        remedy: expect.stringContaining(`let the certificate of ${endpoints} name that host`),
      });
    });

    it('is trusted through the authority that rocketmq.tls names, under the name that it expects', async () => {
      const own = { enabled: true, ca: certificate, rejectUnauthorized: true };
      await send({ ...WRITER, protocol, tls: own });
      const endpoints = addressOf(protocol).replace('127.0.0.1', 'localhost');
      expect(await finding({ ...WRITER, protocol, tls: own, endpoints })).toMatchObject({ code: 'TLS_FAILED' });
      await send({ ...WRITER, protocol, tls: { ...own, rejectUnauthorized: false }, endpoints });
      // Switched off, the section is as good as none, which this server takes, too.
      await send({ ...WRITER, protocol, tls: { ...own, enabled: false } });
    });
  });

  describe('as one consumer of a group, over gRPC', () => {
    const lab = { config, certificate: () => certificate, send: () => send(WRITER) };
    sharedSecurityCases(() => lab, { topic: TOPIC, group: SHARED, sharer: SHARER, reader: READER, member: MEMBER, admin: ADMIN });
  });

  it('is read by a user who may subscribe, and only that', async () => {
    await send(WRITER);
    const { findings, queues } = await checkQueues(config(READER), named(TOPIC));
    expect(findings).toEqual([]);
    expect([...queues.keys()]).toEqual([`${TOPIC}:broker-a:0`, `${TOPIC}:broker-a:1`]);
    const clients = new WarmClients();
    const opened = await openQueues(config(READER), named(TOPIC), clients);
    const { min, max } = await opened.bounds(`${TOPIC}:broker-a:0`);
    const messages = await opened.read(`${TOPIC}:broker-a:0`, { from: min, to: max, maxBytes: 1_000_000 }).next();
    expect(String(messages?.[0]?.body)).toBe('v');
    await clients.close();
  });

  it('lists its topics to every user, and names the right on the one of two that a user may not read', async () => {
    const listed = await listTopics(config(READER));
    expect(listed).toEqual({ findings: [], names: expect.arrayContaining([OTHER, TOPIC]) });
    const topics = { names: [OTHER, TOPIC], option: 'rocketmq.topicsPattern' };
    const { findings, queues } = await checkQueues(config(READER), topics);
    expect(findings).toMatchObject([
      {
        code: 'FORBIDDEN',
        option: 'rocketmq.topicsPattern',
        message: `no permission to read topic ${OTHER}`,
        remedy: expect.stringContaining(`-r Topic:${OTHER},Group:${READER_GROUP} -a Sub -d Allow`),
      },
    ]);
    expect([...queues.keys()]).toEqual([`${TOPIC}:broker-a:0`, `${TOPIC}:broker-a:1`]);
    const clients = new WarmClients();
    const opened = await openQueues(config(READER), topics, clients);
    await expect(opened.bounds(`${OTHER}:broker-a:0`)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: `rocketmq.topicsPattern: no permission to read topic ${OTHER}`,
    });
    await expect(opened.bounds(`${TOPIC}:broker-a:0`)).resolves.toMatchObject({ min: 0 });
    await clients.close();
  });

  it('takes the offsets of a group from a user who may subscribe with it, and names the right to the others', async () => {
    const clients = new WarmClients();
    const offsets = new Map([[`${TOPIC}:broker-a:0`, 1]]);
    const tell = async (keys: typeof READER) => (await openQueues(config(keys), named(TOPIC), clients)).tell('connect-orders', offsets);
    await expect(tell(READER)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      retriable: false,
      remedy: expect.stringContaining(`-r Topic:${TOPIC},Group:connect-orders -a Sub -d Allow, or set rocketmq.reportOffsets to false`),
    });
    await expect(tell(TELLER)).resolves.toEqual([]);
    await expect(groupOffsets(config(TELLER), [...offsets.keys()], 'connect-orders')).resolves.toEqual(offsets);
    await expect(groupOffsets(config(READER), [...offsets.keys()], 'connect-orders')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      remedy: expect.stringContaining('Group:connect-orders'),
    });
    await clients.close();
  });

  it.each([
    {
      name: 'who may not read',
      keys: WRITER,
      code: 'FORBIDDEN',
      option: 'rocketmq.topic',
      remedy: `Group:${READER_GROUP} -a Sub -d Allow`,
    },
    {
      name: 'with a wrong secret key',
      keys: { ...READER, secretKey: 'wrong-secret' },
      code: 'AUTH_FAILED',
      option: 'rocketmq.accessKey',
      remedy: '',
    },
  ])('is found to refuse a sink to a user $name', async ({ keys, code, option, remedy }) => {
    const { findings } = await checkQueues(config(keys), named(TOPIC));
    expect(findings).toMatchObject([{ code, option, remedy: expect.stringContaining(remedy) }]);
  });
});
