import { once } from 'node:events';
import { connect } from 'node:net';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { RemotingServer } from './remoting-server.ts';

/** The name of the cluster, which is also a topic that every broker has from its start. */
const SYSTEM_TOPIC = 'DefaultCluster';

/** Resolves when the name server knows a broker and the proxy's port accepts connections. Otherwise it rejects. */
export async function isRegistered(namesrv: string, grpcPort: number): Promise<void> {
  const client = new RemotingClient({});
  try {
    const fields = { topic: SYSTEM_TOPIC, acceptStandardJsonOnly: true };
    await new RemotingServer(client, namesrv).request(requestCode.GET_ROUTEINFO_BY_TOPIC, fields);
  } finally {
    client.close();
  }
  const socket = connect(grpcPort, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) });
  } finally {
    socket.destroy();
  }
}
