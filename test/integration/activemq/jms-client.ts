import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programFolder } from '../../../infra/local/install/installer.ts';
import { javaTool } from '../../../infra/local/install/java.ts';
import { libDir } from '../../../infra/local/install/settings.ts';
import { activemq } from '../../../infra/local/servers/activemq.ts';

const run = promisify(execFile);

/** What the client set in a message as it sent it. */
export interface SentByJms {
  readonly id: string;
  /** In milliseconds since 1970; `expiration` 0: never. */
  readonly timestamp: number;
  readonly expiration: number;
}

/** Lets a JMS client over OpenWire send the messages of `jms-sender.java`, in their order. `destination`: `queue://name` or `topic://name`. */
export async function sendByJms(openwire: string, destination: string): Promise<SentByJms[]> {
  const jars = join(await programFolder(activemq.installer, activemq.name, libDir()), '*');
  const source = fileURLToPath(new URL('jms-sender.java', import.meta.url));
  const args = [
    '-Xmx64m',
    '-Dfile.encoding=UTF-8',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
    '-cp',
    jars,
    source,
    openwire,
    destination,
  ];
  const { stdout } = await run(javaTool('java'), args);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', timestamp, expiration] = line.split(' ');
      return { id, timestamp: Number(timestamp), expiration: Number(expiration) };
    });
}
