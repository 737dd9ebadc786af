import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { ConnectError, type Direction } from '../../../../api/index.ts';
import { awsCredentials, type Credentials } from '../../../../aws/credentials.ts';
import { type BearerToken, usableUntil } from './bearer-tokens.ts';

/** As long as MSK takes a signature. */
const LIFE_S = 900;

/** A token for brokers of Amazon MSK, signed by the role of this process or by `roleArn`. Throws ConnectError. */
export async function mskToken(
  { region, roleArn }: { readonly region?: string; readonly roleArn?: string },
  section: Direction,
): Promise<BearerToken> {
  const own = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const where = region ?? own;
  if (where === undefined) {
    throw new ConnectError('CONFIG_INVALID', `${section}.sasl.region: missing, and AWS_REGION is not set`, {
      remedy: `set ${section}.sasl.region to the region of the MSK cluster`,
    });
  }
  const credentials = await awsCredentials({ what: `credentials for Kafka (${section}.sasl)`, region: own ?? where, roleArn });
  const now = new Date();
  const expires = Math.min(now.getTime() + LIFE_S * 1_000, credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY);
  return { value: await signedToken(where, credentials, now), until: usableUntil(expires, now.getTime()) };
}

/** The address that would ask for `kafka-cluster:Connect`, signed: brokers have it checked by IAM. */
export async function signedToken(region: string, credentials: Credentials, signingDate: Date): Promise<string> {
  const host = `kafka.${region}.amazonaws.com`;
  const signer = new SignatureV4({ service: 'kafka-cluster', region, credentials, sha256: Sha256 });
  const { query } = await signer.presign(
    { method: 'GET', protocol: 'https:', hostname: host, path: '/', headers: { host }, query: { Action: 'kafka-cluster:Connect' } },
    { expiresIn: LIFE_S, signingDate },
  );
  const parameters = Object.entries(query ?? {}).map((pair) => pair.map((part) => encodeURIComponent(String(part))).join('='));
  // What is added here is not signed; MSK logs it.
  return Buffer.from(`https://${host}/?${[...parameters, 'User-Agent=rocketmq-connect'].join('&')}`).toString('base64url');
}
