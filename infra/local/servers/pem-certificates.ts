import { access, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const VALID_UNTIL = new Date('2099-01-01');

/**
 * Makes an authority once (`ca.pem`), with a certificate for 127.0.0.1 (`server.pem`, `server-key.pem`) and one for the user (`client.pem`,
 * `client-key.pem`). The keys are worth nothing outside this machine's loopback.
 */
export async function certify(dir: string, user: string): Promise<void> {
  const ca = join(dir, 'ca.pem');
  if (
    await access(ca).then(
      () => true,
      () => false,
    )
  )
    return;
  const name = (value: string) => [{ name: 'commonName', value }];
  const common = { keyType: 'ec', algorithm: 'sha256', notAfterDate: VALID_UNTIL } as const;
  const authority = await generate(name('RocketMQ Connect local stack'), {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const signer = { key: authority.private, cert: authority.cert };
  const altNames = [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ] as const;
  const server = await generate(name('localhost'), {
    ...common,
    ca: signer,
    extensions: [{ name: 'subjectAltName', altNames: [...altNames] }],
  });
  const client = await generate(name(user), { ...common, ca: signer, extensions: [{ name: 'extKeyUsage', clientAuth: true }] });
  const files = { server: server.cert, 'server-key': server.private, client: client.cert, 'client-key': client.private };
  for (const [file, content] of Object.entries(files)) await writeFile(join(dir, `${file}.pem`), content);
  // The finished name comes last, so that a half-made set is made again.
  await writeFile(`${ca}.new`, authority.cert);
  await rename(`${ca}.new`, ca);
}
