import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from './stack-error.ts';

const OLDEST = 17;
const run = promisify(execFile);

/** Returns a tool of the Java installation: the one that JAVA_HOME names, or the one on the path. */
export function javaTool(name: 'java' | 'keytool'): string {
  const home = process.env.JAVA_HOME;
  return home ? join(home, 'bin', name) : name;
}

/** Throws StackError if there is no Java, or if it is too old for the servers. */
export async function requireJava(): Promise<void> {
  const remedy = `install Java ${OLDEST} or newer (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to one`;
  const java = javaTool('java');
  const version = await run(java, ['-version']).then(
    ({ stderr, stdout }) => /version "(\d+)/.exec(stderr + stdout)?.[1],
    (error: Error) => {
      throw new StackError(`${java} cannot run (${error.message.split('\n')[0]})`, remedy, { cause: error });
    },
  );
  if (version === undefined || Number(version) < OLDEST)
    throw new StackError(`${java} is Java ${version ?? 'of an unknown version'}`, remedy);
}
