import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { IdentityProvider, unsignedToken } from '../../support/identity-provider.ts';
import { sideBySide } from '../../support/side-by-side.ts';
import { KafkaLab, numbers, type Options, texts } from './kafka-lab.ts';

const LIMIT_MS = 300_000;

let lab: KafkaLab;
let topic: string;
beforeAll(async () => {
  lab = await KafkaLab.open();
  topic = await lab.topic(1, 10);
});
afterAll(() => lab[Symbol.asyncDispose]());

const from = (sasl: object): Options => ({
  topics: [topic],
  bootstrapServers: lab.addresses.kafkaSasl,
  sasl: { mechanism: 'OAUTHBEARER', ...sasl },
});
const client = (tokenEndpoint: string) => from({ tokenEndpoint, clientId: 'connect', clientSecret: 'geheim' });
/** `toldS`: what the provider says of the token's life. */
const issuing = (lifeS: (count: number) => number, toldS = lifeS) =>
  new IdentityProvider((count) => ({ body: { access_token: unsignedToken('connect', lifeS(count)), expires_in: toldS(count) } }));
const read = async (options: Options) => texts((await lab.run(options)).records);
const refusal = (option: string, message: RegExp, remedy: RegExp) => [
  { level: 'error', code: 'AUTH_FAILED', option, message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) },
];

describe('tokens of an identity provider', () => {
  it('let a task read, one token for all connections', async () => {
    await using provider = issuing(() => 300);
    const options = client(await provider.listen());
    expect(await lab.connector(options).check()).toEqual([]);
    expect(await read(options)).toEqual(numbers(10));
    expect(provider.asked).toHaveLength(1);
  });

  // They wait for tokens to expire.
  sideBySide(
    [
      {
        name: 'are renewed, and with them the connections that a broker would close when a token expires',
        run: async () => {
          for (let lifeS = 6; ; lifeS *= 2) {
            await using provider = issuing(() => lifeS);
            const options = client(await provider.listen());
            try {
              while (provider.asked.length < 3) expect(await read(options)).toEqual(numbers(10));
              return;
            } catch (error) {
              // A busy machine takes longer to read than a token is good for, so the next ones live longer.
              if (!(error instanceof ConnectError && error.code === 'UNREACHABLE') || lifeS > 20) throw error;
            }
          }
        },
      },
      {
        name: 'are asked for anew where a broker no longer takes the one that is kept',
        run: async () => {
          await using provider = issuing(
            (count) => (count === 1 ? 6 : 300),
            () => 300,
          );
          const options = client(await provider.listen());
          while (provider.asked.length < 2) {
            const end = await read(options).catch((error: unknown) => error);
            // The broker closes a connection that got in with the last moments of a token: the next run goes on.
            if (end instanceof ConnectError) expect(end).toMatchObject({ code: 'UNREACHABLE', retriable: true });
            else expect(end).toEqual(numbers(10));
          }
          expect(await read(options)).toEqual(numbers(10));
          expect(provider.asked).toHaveLength(2);
        },
      },
    ],
    LIMIT_MS,
  );

  it('are refused where they are not what the broker expects', async () => {
    await using provider = issuing(
      () => -30,
      () => 300,
    );
    const options = client(await provider.listen());
    const findings = await lab.connector(options).check();
    expect(findings).toEqual(refusal('source.sasl', /refused the token of source.sasl.tokenEndpoint$/, /source.sasl.clientId/));
    await expect(read(options)).rejects.toMatchObject({ code: 'AUTH_FAILED', retriable: false });
  });

  it('name the option where the provider refuses the client, or is not there', async () => {
    const provider = new IdentityProvider(() => ({ status: 401, body: { error: 'invalid_client' } }));
    const options = client(await provider.listen());
    expect(await lab.connector(options).check()).toEqual(refusal('source.sasl', /401 invalid_client/, /clientSecret/));
    await provider[Symbol.asyncDispose]();
    expect(await lab.connector(options).check()).toMatchObject([
      { level: 'error', code: 'UNREACHABLE', option: 'source.sasl.tokenEndpoint', message: expect.stringContaining('refuses connections') },
    ]);
  });
});

describe('a token from a secret', () => {
  it('lets a task read, also with extensions', async () => {
    const options = from({ token: `${unsignedToken('connect', 300)}\n`, extensions: { logicalCluster: 'lkc-1', pool: 'a=b, c' } });
    expect(await read(options)).toEqual(numbers(10));
  });

  it('is refused once it has expired', async () => {
    const token = unsignedToken('connect', -30);
    const findings = await lab.connector(from({ token })).check();
    expect(findings).toEqual(refusal('source.sasl', /refused the token$/, /source.sasl.token names; this one may have expired/));
    expect(JSON.stringify(findings)).not.toContain(token);
  });
});

describe('a role of AWS', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it('is refused by name where brokers do not take it', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'geheim-key' });
    const tls = { ca: await readFile(lab.addresses.kafkaCaFile, 'utf8') };
    const sasl = { mechanism: 'AWS_MSK_IAM', region: 'eu-central-1' };
    const findings = await lab.connector({ topics: [topic], bootstrapServers: lab.addresses.kafkaSaslTls, tls, sasl }).check();
    expect(findings).toEqual(refusal('source.sasl', /refused this role of AWS$/, /kafka-cluster:Connect/));
  });
});
