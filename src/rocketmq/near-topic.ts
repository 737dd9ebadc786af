import { didYouMean } from '../kit/index.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import { fullTopic } from './topic-inspection.ts';
import type { RocketmqConfig } from './types.ts';

/** The topic whose name comes nearest to one that is not there, in the same namespace. Undefined where none is near, or the name server does not tell. */
export async function nearTopic(client: RemotingClient, config: RocketmqConfig): Promise<string | undefined> {
  const [address = ''] = config.endpoints.split(';');
  try {
    const { code, body } = await client.request(
      address,
      { code: requestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, fields: {} },
      config.requestTimeoutMs,
    );
    if (code !== responseCode.SUCCESS) return undefined;
    const { topicList = [] } = JSON.parse(body.toString()) as { topicList?: readonly string[] };
    const prefix = fullTopic({ ...config, topic: '' });
    const names = topicList.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return didYouMean(config.topic, names);
  } catch {
    return undefined;
  }
}
