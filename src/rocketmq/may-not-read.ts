import { ConnectError } from '../api/index.ts';
import { READER_GROUP } from './pull-request.ts';

/** The user lacks the permission to read a topic (with its namespace). */
export const mayNotRead = (topic: string): ConnectError =>
  new ConnectError('FORBIDDEN', `rocketmq.topic: no permission to read topic ${topic}`, {
    remedy: `allow it: mqadmin createAcl -s User:<accessKey> -r Topic:${topic},Group:${READER_GROUP} -a Sub -d Allow`,
  });
