import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ConnectError } from '../../../src/api/index.ts';
import * as activemq from '../../../src/connectors/activemq/protocol/errors/connection-errors.ts';
import { linkError } from '../../../src/connectors/activemq/protocol/errors/link-errors.ts';
import * as kafkaConnection from '../../../src/connectors/kafka/protocol/errors/connection-errors.ts';
import { protocolError } from '../../../src/connectors/kafka/protocol/errors/protocol-errors.ts';
import * as mysql from '../../../src/connectors/mysql/server/errors.ts';
import * as rabbitmq from '../../../src/connectors/rabbitmq/protocol/errors.ts';

const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('what a source and a sink of one system share', () => {
  it.each<[string, ConnectError, string]>([
    ['ActiveMQ: the address', activemq.connectionError(refused(), 'amqp://a', 'sink'), 'sink.url'],
    ['ActiveMQ: the user', linkError({ condition: 'amqp:unauthorized-access' }, 'queue q', 'sink'), 'sink.username'],
    ['Kafka: the address', kafkaConnection.connectionError(refused(), 'a:9092', 'sink'), 'sink.bootstrapServers'],
    ['Kafka: the user', protocolError('TOPIC_AUTHORIZATION_FAILED', 'topic t', 'sink'), 'sink.sasl'],
    ['MySQL: the address', mysql.mysqlError(refused(), 'a:3306', 'sink'), 'sink.address'],
    ['RabbitMQ: the address', rabbitmq.connectionError(refused(), 'amqp://a', 'sink'), 'sink.urls'],
    ['RabbitMQ: the queue', rabbitmq.channelError(Object.assign(new Error('no queue'), { code: 404 }), 'queue q', 'sink'), 'sink.queues'],
  ])('names the options of the section that it was told: %s', (_what, { remedy }, option) => {
    expect(remedy).toContain(option);
    expect(remedy).not.toContain('source.');
  });

  it.each([activemq, kafkaConnection, mysql, rabbitmq])('has a finding about a connection that does so, too', ({ connectionFrame }) => {
    const { reach, option, optionOf } = connectionFrame('sink');
    expect([option, ...Object.values(optionOf)]).toEqual(expect.arrayContaining([expect.stringMatching(/^sink\./)]));
    expect(JSON.stringify({ reach, option, optionOf })).not.toContain('source.');
  });

  it('names no section in its code', () => {
    // Only a source meets records in an old format.
    const own = /records\/damage\.ts$/;
    const files = globSync('src/connectors/{*/protocol,mysql/server}/**/*.ts').filter((file) => !own.test(file));
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => /["'` (]source\.[a-z]+[A-Za-z.]*["'`, :;)]/.test(withoutCode(readFileSync(file, 'utf8'))))).toEqual([]);
  });
});

/** The texts of a file. */
const withoutCode = (text: string): string => [...text.matchAll(/'[^'\n]*'|`[^`]*`|"[^"\n]*"/g)].map(([found]) => found).join('\n');
