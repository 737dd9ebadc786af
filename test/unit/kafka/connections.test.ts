import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { apiVersionsV1, type Connection } from '@platformatic/kafka';
import { connectionKey } from '../../../src/connectors/kafka/protocol/connection-options.ts';
import { Connections } from '../../../src/connectors/kafka/protocol/connections.ts';
import { MuteBroker } from './mute-broker.ts';

const config = { bootstrapServers: '127.0.0.1:9092', clientId: 'test', connectTimeoutMs: 4_000, requestTimeoutMs: 60_000 };
const ask = async (connection: Connection) => (await apiVersionsV1.api.async(connection, '', '')).apiKeys.length;

afterEach(() => {
  jest.restoreAllMocks();
});

function passTime(ms: number): void {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + ms);
}

describe('connections that are kept', () => {
  it('are used again', async () => {
    await using broker = new MuteBroker();
    const address = await broker.listen();
    const connections = new Connections(config, 'source');
    for (let use = 0; use < 3; use += 1) expect(await connections.use(address, ask)).toBe(4);
    expect(broker.connections).toBe(1);
    await connections.close();
  });

  it('are replaced when they died unnoticed while the process was frozen', async () => {
    await using broker = new MuteBroker();
    const address = await broker.listen();
    // Whoever waits for the dead one does so until the test's own limit.
    const connections = new Connections({ ...config, requestTimeoutMs: 300_000 }, 'source');
    await connections.use(address, ask);
    broker.mute();
    passTime(60_000);
    expect(await connections.use(address, ask)).toBe(4);
    expect(broker.connections).toBe(2);
    await connections.close();
  });
});

describe('the name under which connections are kept', () => {
  const secret = { ...config, sasl: { mechanism: 'PLAIN', username: 'u', password: 'geheim' } } as const;

  it('shows no secret, and differs where a secret does', () => {
    const other = { ...secret, sasl: { ...secret.sasl, password: 'other' } };
    expect(connectionKey(secret, 'source')).not.toContain('geheim');
    expect(new Set([config, secret, other].map((each) => connectionKey(each, 'source'))).size).toBe(3);
    expect(connectionKey(config, 'sink')).not.toBe(connectionKey(config, 'source'));
  });

  it('is the same for what needs the same connections', () => {
    expect(connectionKey({ ...config }, 'source')).toBe(connectionKey(config, 'source'));
  });
});
