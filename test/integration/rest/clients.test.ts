import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installOnce, programFolder } from '../../../infra/local/install/installer.ts';
import { javaTool } from '../../../infra/local/install/java.ts';
import { mavenJars } from '../../../infra/local/install/maven.ts';
import { libDir } from '../../../infra/local/install/settings.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { type RestServer, serveRest } from '../../../src/cli/shared/serve-rest.ts';
import { feed } from '../../support/feed.ts';
import { pythonLibrary } from '../../support/python-library.ts';
import { RestLab, wordsFlat } from '../../support/rest/rest-lab.ts';

// The first run installs the clients, and other tests share the cores.
const PATIENCE_MS = 600_000;

const file = (name: string) => fileURLToPath(new URL(`clients/${name}`, import.meta.url));

/** Returns what a program printed. */
async function run(command: string, args: readonly string[], { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
  const ended = once(child, 'close');
  feed(child, input);
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { printed, errors };
}

describe('a client of Kafka Connect, as it is', () => {
  let lab: RestLab;
  let server: RestServer;
  beforeAll(async () => {
    lab = await RestLab.open();
    const registry = { connectorTypes: lab.types, taskClasses: {} };
    server = await serveRest({
      planner: lab.planner,
      registry,
      logger: silentLogger,
      cluster: 'test',
      host: '127.0.0.1',
      port: 0,
      hosts: [],
    });
  }, PATIENCE_MS);
  afterAll(async () => {
    server?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  it(
    'manages connectors: kc of kafka-connect-py 1.0.0',
    async () => {
      const PYTHONPATH = await pythonLibrary('kafka-connect-py==1.0.0');
      const config = JSON.stringify(wordsFlat());
      const commands = [
        ['info'],
        ['list-plugins'],
        ['validate-config', 'words-source', '-d', JSON.stringify({ ...wordsFlat(), name: 'by-kc', 'tasks.max': 'many' })],
        ['create', '-d', JSON.stringify({ name: 'by-kc', config: wordsFlat() })],
        ['list', '--expand', 'status'],
        ['update', 'by-kc', '-d', JSON.stringify({ ...wordsFlat(), 'source.mode': 'fast' })],
        ['config', 'by-kc'],
        ['pause', 'by-kc'],
        ['status', 'by-kc'],
        ['resume', 'by-kc'],
        ['restart', 'by-kc', '--include-tasks'],
        ['list-tasks', 'by-kc'],
        ['task-status', 'by-kc', '0'],
        ['restart-task', 'by-kc', '0'],
        ['list-topics', 'by-kc'],
        ['delete', 'by-kc'],
        ['list'],
        ['update', 'by-kc', '-d', config.replace('words-source', 'nope')],
      ];
      const { printed, errors } = await run('python3', [file('kc-commands.py')], {
        input: JSON.stringify(commands.map((each) => ['--url', server.url, ...each])),
        env: { PYTHONPATH },
      });
      expect(errors).toBe('');
      const said = (JSON.parse(printed) as string[]).map((line) => (/^[[{]/.test(line) ? JSON.parse(line) : line));
      const paused = expect.objectContaining({ connector: expect.objectContaining({ state: 'PAUSED' }) });
      const running = expect.objectContaining({ state: 'RUNNING' });
      expect(said.map((each, index) => [commands[index]?.[0], each])).toEqual([
        ['info', expect.objectContaining({ version: expect.stringMatching(/^4\.1/) })],
        ['list-plugins', expect.arrayContaining([expect.objectContaining({ class: 'words-source' })])],
        ['validate-config', expect.objectContaining({ error_count: 1 })],
        ['create', expect.objectContaining({ name: 'by-kc' })],
        ['list', { 'by-kc': { status: expect.objectContaining({ connector: running, tasks: [running] }) } }],
        ['update', expect.objectContaining({ config: expect.objectContaining({ 'source.mode': 'fast' }) })],
        ['config', { ...wordsFlat(), 'source.mode': 'fast', name: 'by-kc' }],
        ['pause', ''],
        ['status', paused],
        ['resume', ''],
        ['restart', expect.objectContaining({ connector: running })],
        ['list-tasks', [expect.objectContaining({ id: { connector: 'by-kc', task: 0 } })]],
        ['task-status', running],
        ['restart-task', expect.anything()],
        ['list-topics', { 'by-kc': { topics: ['words'] } }],
        ['delete', ''],
        ['list', []],
        ['update', expect.stringContaining('400')],
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'manages connectors: kafka-connect-api 0.5.10',
    async () => {
      const PYTHONPATH = await pythonLibrary('kafka-connect-api==0.5.10');
      const { hostname, port } = new URL(server.url);
      const { printed, errors } = await run('python3', [file('python-client.py'), hostname, port, 'by-api', JSON.stringify(wordsFlat())], {
        env: { PYTHONPATH },
      });
      expect(errors).toBe('');
      expect(JSON.parse(printed)).toEqual({
        version: '4.1',
        before: false,
        exists: true,
        listed: true,
        class: 'words-source',
        state: 'RUNNING',
        tasks: [true],
        paused: 'PAUSED',
        resumed: 'RUNNING',
        logger: 'DEBUG',
        after: false,
      });
    },
    PATIENCE_MS,
  );

  it(
    'manages connectors: kafka-connect-client 4.0.5, that of AKHQ',
    async () => {
      const installer = mavenJars(new URL('clients/pom.xml', import.meta.url));
      const jars = await programFolder(installer, 'kafka-connect-client', libDir());
      await installOnce(installer, jars, 'kafka-connect-client');
      const config = Object.entries(wordsFlat()).flat();
      const args = [
        '-Xmx64m',
        '-XX:TieredStopAtLevel=1',
        '-cp',
        join(jars, '*'),
        file('java-client.java'),
        server.url,
        'by-java',
        ...config,
      ];
      const { printed, errors } = await run(javaTool('java'), args);
      expect(errors).toBe('');
      expect(printed.trim().split('\n')).toEqual([
        'version: true',
        'has plugin: true',
        'errors: 1',
        'created: 1',
        'again: ConcurrentConfigModificationException',
        'listed: true',
        'changed: fast',
        'config: fast',
        'expanded: 1 source',
        'topics: true',
        'pause: true PAUSED',
        'resume: true RUNNING',
        'restart: true true',
        'task: 1 RUNNING',
        'restart task: true',
        'stop: true STOPPED',
        'delete: true ResourceNotFoundException',
        'left: []',
      ]);
    },
    PATIENCE_MS,
  );
});
