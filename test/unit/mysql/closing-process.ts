/** Asks a source's and a sink's server with the options that it is given, and closes both at SIGUSR2. */
import { warmServer } from '../../../src/connectors/mysql/server/server.ts';
import { warmWriteConnections } from '../../../src/connectors/mysql/sink/write-connections.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';

const config = JSON.parse(process.argv[2] as string);
const clients = new WarmClients();
process.once('SIGUSR2', () => void clients.close());
const [source, sink] = [await warmServer(config, 'source', clients), await warmWriteConnections(config, clients)];
const asked = [source.query('SELECT 1'), sink.use((connection) => connection.query('SELECT 1'), new AbortController().signal)];
await Promise.allSettled(asked);
