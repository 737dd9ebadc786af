import { execFile } from 'node:child_process';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freeOffset } from '../../../infra/local/free-offset.ts';

const run = promisify(execFile);

describe('a start on a machine that lacks something', () => {
  let folder: string;
  let javaHome: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stack-test-'));
    const { stderr } = await run('java', ['-XshowSettings:properties', '-version']);
    javaHome = await realpath(/java\.home = (.*)/.exec(stderr)?.[1] ?? '');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The one line that the command ends with. */
  async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
    const args = [
      'infra/local/cli.ts',
      'start',
      'dynamodb',
      '--port-offset',
      String(await freeOffset()),
      '--data-dir',
      path.join(folder, 'data'),
    ];
    const result = await run(process.execPath, args, { env: { PATH: folder, STACK_LIB_DIR: path.join(folder, 'lib'), ...env } }).then(
      (output) => ({ code: 0, ...output }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(result.code).toBe(1);
    return result.stderr.trimEnd().split('\n').at(-1) ?? '';
  }

  it('asks for Java where there is none', async () => {
    expect(await refusal({})).toMatch(/^stack: java cannot run \(.*ENOENT\); install Java 17 or newer .*JAVA_HOME/);
  });

  it('asks for a newer Java where it is too old', async () => {
    await script('java', 'echo \'openjdk version "11.0.2" 2019-01-15\' >&2');
    expect(await refusal({})).toMatch(/^stack: java is Java 11; install Java 17 or newer/);
  });

  it('asks for Maven where jars are to be downloaded and there is none', async () => {
    expect(await refusal({ JAVA_HOME: javaHome })).toMatch(/^stack: mvn was not found; install Maven/);
  });

  it('says why a download failed', async () => {
    await script('mvn', 'echo "[ERROR] Could not transfer artifact org.example:thing:pom:1: Connection refused"; exit 1');
    expect(await refusal({ JAVA_HOME: javaHome })).toMatch(
      /^stack: downloading dynamodb failed \(Could not transfer .*Connection refused\); check/,
    );
  });

  async function script(name: string, line: string): Promise<void> {
    await writeFile(path.join(folder, name), `#!/bin/sh\n${line}\n`);
    await chmod(path.join(folder, name), 0o755);
  }
});
