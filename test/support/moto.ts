import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { pythonLibrary } from './python-library.ts';

/** AWS as `moto` emulates it: SQS, EventBridge Scheduler, CloudFormation, IAM and others, in memory, in one process. */
export interface Moto {
  readonly url: string;
  /** For SDK clients: `new SQSClient(moto.clientConfig)`. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** For child processes that speak to AWS. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const VERSION = '5.2.1';
const REGION = 'eu-central-1';

const SERVER = path.join(import.meta.dirname, 'moto-server.py');

/** Starts an empty moto on a free port; installs it on first use (30 s). Costs about 2 s and 150 MB. */
export async function startMoto(): Promise<Moto> {
  const library = await findMoto();
  const server = spawn('python3', [SERVER], {
    stdio: 'pipe',
    env: { ...process.env, ...(library === undefined ? {} : { PYTHONPATH: library }) },
  });
  let complaints = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const exited = once(server, 'exit');
  const port = await Promise.race([once(createInterface(server.stdout), 'line'), exited.then(() => [])]);
  if (port.length === 0) throw new Error(`moto did not start: ${complaints}`);
  const url = `http://127.0.0.1:${port[0]}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    url,
    clientConfig: { endpoint: url, region: REGION, credentials },
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    async stop() {
      server.stdin.end();
      await exited;
    },
  };
}

/** The folder to import moto from; undefined where the machine's own Python has the right version. */
async function findMoto(): Promise<string | undefined> {
  const python = promisify(execFile);
  const installed = await python('python3', ['-c', 'import moto.server; print(moto.__version__)']).catch(() => undefined);
  if (installed?.stdout.trim() === VERSION) return undefined;
  return pythonLibrary(`moto[server]==${VERSION}`);
}
