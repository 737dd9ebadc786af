import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { javaTool } from '../install/java.ts';
import { mavenJars } from '../install/maven.ts';
import type { Server } from './server.ts';

/**
 * Amazon's DynamoDB Local. It keeps its tables in files, so that a restarted stack continues with the same state. It listens on every
 * address.
 */
export const dynamodb: Server = {
  name: 'dynamodb',
  installer: mavenJars(new URL('../dynamodb/pom.xml', import.meta.url)),
  ports: { http: 8000 },

  external: (env) => (env.AWS_ENDPOINT_URL_DYNAMODB ? { dynamodb: env.AWS_ENDPOINT_URL_DYNAMODB } : undefined),
  addresses: (site) => ({ dynamodb: `http://127.0.0.1:${site.port('http')}` }),
  async prepare(site) {
    await mkdir(join(site.dir, 'tables'), { recursive: true });
  },

  processes: (site) => [
    {
      name: 'dynamodb',
      command: javaTool('java'),
      args: [
        '-Xms32m',
        `-Xmx${site.heapMb('DYNAMODB', 256)}m`,
        '-XX:+UseSerialGC',
        '-cp',
        join(site.programs, '*'),
        'software.amazon.dynamodb.services.local.main.ServerRunner',
        ...['-port', String(site.port('http'))],
        ...['-dbPath', join(site.dir, 'tables')],
        '-sharedDb',
        '-disableTelemetry',
      ],
      ready: () => answers(site.port('http')),
    },
  ],
};

/** DynamoDB itself refuses an unsigned request with 400. */
async function answers(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' },
    body: '{}',
    signal: AbortSignal.timeout(2_000),
  });
  const answer = await response.text();
  if (!answer.includes('amazonaws.dynamodb')) throw new Error(`answered ${response.status} ${answer.slice(0, 100)}`);
}
