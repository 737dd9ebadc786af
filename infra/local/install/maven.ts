import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { INSTALL_LIMIT_MS, type Installer } from './installer.ts';
import { requireJava } from './java.ts';
import { StackError } from './stack-error.ts';

const run = promisify(execFile);

/** Installs the jars that a pom.xml names, and those that they need. */
export function mavenJars(pom: URL): Installer {
  const file = fileURLToPath(pom);
  return {
    from: 'Maven Central',
    contents: () => readFile(file, 'utf8'),
    install: (folder, server) => copyDependencies(file, folder, server),
    requirements: requireJava,
  };
}

async function copyDependencies(pom: string, folder: string, server: string): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
  try {
    await run('mvn', args, { timeout: INSTALL_LIMIT_MS, maxBuffer: 16 << 20 });
  } catch (error) {
    const { code, stdout = '' } = error as { code?: string | number; stdout?: string };
    if (code === 'ENOENT')
      throw new StackError('mvn was not found', 'install Maven (Debian: apt-get install maven) and run this again', { cause: error });
    const reason = /\[ERROR\] (.*)/.exec(stdout)?.[1] ?? (error as Error).message;
    throw new StackError(
      `downloading ${server} failed (${reason.slice(0, 300)})`,
      'check the connection to Maven Central or the mirror in ~/.m2/settings.xml, then run this again',
      { cause: error },
    );
  }
}
