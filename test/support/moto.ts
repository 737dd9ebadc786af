import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

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
const CACHE = path.resolve(import.meta.dirname, '../../.stack/py');
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
  const library = path.join(CACHE, `moto-${VERSION}`);
  const exists = () =>
    access(library).then(
      () => true,
      () => false,
    );
  if (await exists()) return library;
  await mkdir(CACHE, { recursive: true });
  // Installed aside and renamed, so that two test files at once never see half of it.
  const aside = await mkdtemp(path.join(CACHE, 'install-'));
  try {
    await python('python3', ['-m', 'pip', 'install', '--quiet', '--target', aside, `moto[server]==${VERSION}`]);
    await rename(aside, library);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await exists())) {
      throw new Error(`can't install moto ${VERSION}: needs Python 3.10 or newer with pip, and PyPI; set PIP_INDEX_URL to use a mirror`, {
        cause: error,
      });
    }
  }
  return library;
}
