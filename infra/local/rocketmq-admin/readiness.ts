import { once } from 'node:events';
import { connect } from 'node:net';
import { RemotingConnection, requestCode } from './remoting.ts';

/** A topic that every broker has from its start; the cluster's name. */
const SYSTEM_TOPIC = 'DefaultCluster';

/** Resolves when the name server knows a broker and the proxy's port accepts connections; else rejects. */
export async function isRegistered(namesrv: string, grpcPort: number): Promise<void> {
  const connection = await RemotingConnection.open(namesrv);
  try {
    await connection.request(requestCode.GET_ROUTEINFO_BY_TOPIC, { topic: SYSTEM_TOPIC, acceptStandardJsonOnly: true });
  } finally {
    connection.close();
  }
  const socket = connect(grpcPort, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) });
  } finally {
    socket.destroy();
  }
}
