import { execFile } from 'node:child_process';
import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaTool } from '../install/java.ts';

const run = promisify(execFile);

/** The password of a key that is worth nothing outside this machine's loopback. */
export const storePassword = 'stack-secret';

/** Makes a self-signed certificate for 127.0.0.1 once: `server.p12` for the server, `ca.pem` for its clients. */
export async function certify(dir: string): Promise<void> {
  const pem = join(dir, 'ca.pem');
  const store = join(dir, 'server.p12');
  if (
    await access(pem).then(
      () => true,
      () => false,
    )
  )
    return;
  await rm(store, { force: true });
  const common = ['-alias', 'server', '-keystore', store, '-storetype', 'PKCS12', '-storepass', storePassword];
  await run(javaTool('keytool'), [
    ...['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '3650'],
    ...['-dname', 'CN=localhost', '-ext', 'SAN=ip:127.0.0.1,dns:localhost', ...common],
  ]);
  // The finished name comes last, so that a half-made pair is made again.
  await run(javaTool('keytool'), ['-exportcert', '-rfc', '-file', `${pem}.new`, ...common]);
  await rename(`${pem}.new`, pem);
}
