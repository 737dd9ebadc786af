import { activemq } from './activemq.ts';
import { artemis } from './artemis.ts';
import { dynamodb } from './dynamodb.ts';
import { kafka } from './kafka.ts';
import { mariadb } from './mariadb.ts';
import { mysql56 } from './mysql56.ts';
import { rabbitmq } from './rabbitmq.ts';
import { rocketmq } from './rocketmq.ts';
import { rocketmqProxy } from './rocketmq-proxy.ts';
import type { Server } from './server.ts';

/** Every server that the stack knows, in the order of the status. */
export const servers: readonly Server[] = [rocketmq, rocketmqProxy, kafka, dynamodb, rabbitmq, activemq, artemis, mariadb, mysql56];

/** The servers that `start` starts without names. */
export const defaultServers: readonly string[] = ['rocketmq', 'kafka', 'dynamodb'];

/** The servers that the tests need. */
export const testServers: readonly string[] = servers.map(({ name }) => name);
