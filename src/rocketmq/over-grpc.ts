import { ConnectError } from '../api/index.ts';

/** Says why nobody can read a topic by its offsets where `rocketmq.protocol` is `grpc`. */
export const readsNoOffsets = (): ConnectError =>
  new ConnectError('WRONG_STATE', 'rocketmq.protocol: over gRPC, RocketMQ lets nobody read a topic by its offsets', {
    remedy:
      'where a name server can be reached, use `rocketmq-connect peek TOPIC --endpoints HOST:9876` or a connector whose rocketmq.protocol is remoting; elsewhere use the console or the tools of the cluster',
  });
