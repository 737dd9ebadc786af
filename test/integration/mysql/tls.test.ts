import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { OwnServer } from '../../support/own-server.ts';
import { keyOf, MysqlLab } from './mysql-lab.ts';

type Name = { readonly type: 2; readonly value: string } | { readonly type: 7; readonly ip: string };

let server: OwnServer;
let lab: MysqlLab;
beforeAll(async () => {
  server = await OwnServer.start(mariadb);
  lab = await MysqlLab.at(server.address('mysql'));
  await lab.run('CREATE TABLE t (id INT PRIMARY KEY)');
});
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Gives the server a certificate for this name. Returns it: it is its own authority. */
async function certifyAs(name: Name): Promise<string> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'database' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [name] }],
  });
  await writeFile(join(server.folder, 'server.pem'), cert);
  await writeFile(join(server.folder, 'server-key.pem'), key);
  await writeFile(join(server.folder, 'ca.pem'), cert);
  await lab.run('FLUSH SSL');
  return cert;
}

/** Queries and the log, over connections that are encrypted. */
async function readsEncrypted(tls: Record<string, unknown>): Promise<void> {
  const before = await lab.now({ tls });
  await lab.run('DELETE FROM t; INSERT INTO t VALUES (1)');
  expect((await lab.read(before, { tls })).records.map(keyOf)).toContain('{"id":1}');
}

const HOST: Name = { type: 7, ip: '127.0.0.1' };
const OTHER: Name = { type: 2, value: 'database.example.com' };

it.each([
  { what: 'the address itself', name: HOST, tls: {} },
  { what: 'the name that servername expects', name: OTHER, tls: { servername: OTHER.value } },
  { what: 'another name, where names do not matter', name: OTHER, tls: { rejectUnauthorized: false } },
])('reads a server whose certificate is for $what', async ({ name, tls }) => {
  await readsEncrypted({ ca: await certifyAs(name), ...tls });
});

it.each([
  { what: 'another name', name: OTHER, tls: {} },
  { what: 'localhost, where the address is a number', name: { type: 2, value: 'localhost' } as Name, tls: {} },
  { what: 'the address, where servername expects another', name: HOST, tls: { servername: OTHER.value } },
])('refuses a server whose certificate is for $what', async ({ name, tls }) => {
  await expect(lab.now({ tls: { ca: await certifyAs(name), ...tls } })).rejects.toMatchObject({
    code: 'TLS_FAILED',
    remedy: expect.stringContaining('source.tls.servername'),
  });
});

it('refuses a certificate of an authority that it does not know', async () => {
  await certifyAs(HOST);
  await expect(lab.now({ tls: {} })).rejects.toMatchObject({ code: 'TLS_FAILED' });
});
