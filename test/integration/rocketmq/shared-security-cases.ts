import tls from 'node:tls';
import { expect, it } from '@jest/globals';
import { checkShared } from '../../../src/rocketmq/check-shared.ts';
import { openShared } from '../../../src/rocketmq/open-shared.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { named } from './named-topics.ts';
import { receiveAll, textsOf } from './receive-all.ts';

type Keys = Pick<RocketmqConfig, 'accessKey' | 'secretKey'>;

/** A RocketMQ with users and certificates, whose proxy has a gRPC port. */
export interface SharedSecurityLab {
  /** Access to that port, by default without keys. */
  config(given: Partial<RocketmqConfig>): RocketmqConfig;
  /** Its own authority, as PEM. */
  certificate(): string;
  /** Sends one message, `v`. */
  send(): Promise<void>;
}

export interface SharedSecurityUsers {
  readonly topic: string;
  readonly group: string;
  /** May read the topic with the group. */
  readonly sharer: Keys;
  /** May read the topic, and not with the group. */
  readonly reader: Keys;
  /** May use the group, and not read the topic. */
  readonly member: Keys;
  readonly admin: Keys;
}

const INVISIBLE_MS = 60_000;

/** What becomes of a consumer of a group, over gRPC, where RocketMQ asks who that is. */
export function sharedSecurityCases(lab: () => SharedSecurityLab, users: SharedSecurityUsers): void {
  const { topic, group, sharer, reader, member, admin } = users;
  const over = (given: Partial<RocketmqConfig>) => lab().config({ protocol: 'grpc', topic, ...given });
  const sharing = { group, invisibleMs: INVISIBLE_MS };

  /** Receives all that is there and what is sent now, and acknowledges it. */
  async function copy(given: Partial<RocketmqConfig>): Promise<string[]> {
    const queues = await openShared(over(given), named(topic), sharing);
    try {
      await lab().send();
      const received = await receiveAll(queues, 1);
      expect(await queues.acknowledge(received)).toBe(0);
      return textsOf(received);
    } finally {
      await queues.close();
    }
  }

  async function finding(given: Partial<RocketmqConfig>, asked = group) {
    const findings = await checkShared(over(given), named(topic), { ...sharing, group: asked });
    expect(JSON.stringify(findings)).not.toContain('-secret');
    expect(findings).toHaveLength(1);
    return findings[0];
  }

  it('gives messages to a user who may read the topic with the group, and takes them as read', async () => {
    expect(await checkShared(over(sharer), named(topic), sharing)).toEqual([]);
    expect(new Set(await copy(sharer))).toEqual(new Set(['v']));
  });

  it.each([
    ['a wrong secret key', { ...sharer, secretKey: 'wrong-secret' }],
    ['an unknown access key', { ...sharer, accessKey: 'nobody' }],
    ['no keys', {}],
  ])('is found to refuse %s', async (_, keys) => {
    expect(await finding(keys)).toMatchObject({
      code: 'AUTH_FAILED',
      option: 'rocketmq.accessKey',
      remedy: expect.stringContaining('rocketmq.secretKey'),
    });
  });

  it.each([
    ['who may not use the group', reader, 'rocketmq.group', `Group:${group}`],
    ['who may not read the topic', member, 'rocketmq.topic', `Topic:${topic}`],
  ])('is found to refuse a user %s, and names the right', async (_, keys, option, right) => {
    const found = await finding(keys);
    const remedy = `allow it: mqadmin createAcl -s User:<accessKey> -r Topic:${topic},Group:${group} -a Sub -d Allow`;
    expect(found).toMatchObject({ code: 'FORBIDDEN', option, remedy });
    expect(found?.message).toContain(right);
  });

  it('is found to have no such group', async () => {
    expect(await finding(admin, 'no-such-group')).toMatchObject({
      code: 'NOT_FOUND',
      option: 'rocketmq.group',
      remedy: expect.stringContaining('-g no-such-group'),
    });
  });

  it('is trusted through the authority that rocketmq.tls names, and by the name in its certificate', async () => {
    const own = { enabled: true, ca: lab().certificate(), rejectUnauthorized: true };
    expect(new Set(await copy({ ...sharer, tls: own }))).toEqual(new Set(['v']));
    expect(await finding({ ...sharer, tls: true })).toMatchObject({ code: 'TLS_FAILED', option: 'rocketmq.endpoints' });
    const endpoints = over({}).endpoints.replace('127.0.0.1', 'localhost');
    expect(await finding({ ...sharer, tls: own, endpoints })).toMatchObject({
      code: 'TLS_FAILED',
      remedy: expect.stringContaining(`let the certificate of ${endpoints} name that host`),
    });
  });

  it('is trusted once its certificate is', async () => {
    const trusted = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...trusted, lab().certificate()]);
    try {
      expect(await checkShared(over({ ...sharer, tls: true }), named(topic), sharing)).toEqual([]);
    } finally {
      tls.setDefaultCACertificates(trusted);
    }
  });
}
