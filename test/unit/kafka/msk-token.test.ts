import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mskToken, signedToken } from '../../../src/connectors/kafka/protocol/sasl/msk-token.ts';
import type { Statement } from '../../support/aws-rules/policy.ts';
import { refusalOf } from '../../support/aws-rules/refusal.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const clock = new Date('2030-12-24T18:00:00Z');
const addressIn = (token: string) => new URL(Buffer.from(token, 'base64url').toString());

describe('a token for Amazon MSK', () => {
  // Signatures as botocore makes them, on which AWS's own signer for Python stands.
  it.each([
    ['a user', undefined, 'b5533dacc25585b16780bc4e7250968356cc913d8a9364af17c4dc88dc06ebf5'],
    ['a role', 'session/token+with=signs', '4721f5afd340e1b6c0645edf3e572ff4c861eef3b3af72d41e79d4560e27cb3a'],
  ])('is what %s of AWS would sign to ask for kafka-cluster:Connect', async (_who, sessionToken, signature) => {
    const credentials = { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) };
    const token = await signedToken('eu-central-1', credentials, clock);
    expect(token).toMatch(/^[\w-]+$/);
    const { origin, pathname, searchParams } = addressIn(token);
    expect(`${origin}${pathname}`).toBe('https://kafka.eu-central-1.amazonaws.com/');
    expect(Object.fromEntries(searchParams)).toEqual({
      Action: 'kafka-cluster:Connect',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20301224/eu-central-1/kafka-cluster/aws4_request',
      'X-Amz-Date': '20301224T180000Z',
      'X-Amz-Expires': '900',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': signature,
      'User-Agent': 'rocketmq-connect',
      ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
    });
    expect(token).not.toContain('=');
  });
});

describe('the environment of a function', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const setEnvironment = (variables: object) => {
    process.env = { ...before, AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) delete process.env[name];
    Object.assign(process.env, variables);
  };

  it('signs, in its own region where none is named, for less than the 15 minutes that MSK takes it', async () => {
    setEnvironment({ AWS_REGION: 'eu-west-1' });
    const began = Date.now();
    const { value, until } = await mskToken({}, 'source');
    expect(addressIn(value).hostname).toBe('kafka.eu-west-1.amazonaws.com');
    expect(until - began).toBeGreaterThan(10 * 60_000);
    expect(until - Date.now()).toBeLessThan(14 * 60_000);
    expect(addressIn((await mskToken({ region: 'us-east-1' }, 'source')).value).hostname).toBe('kafka.us-east-1.amazonaws.com');
  });

  it('may take on another role where its own role may, and is told where it may not', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/reader';
    const granted = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>ASIAOTHER</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
      <Expiration>${new Date(Date.now() + 600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    const denied = '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
    const policy: readonly Statement[] = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn }];
    const sts = createServer(async (request, response) => {
      const { method = '', url = '' } = request;
      const refusal = refusalOf({ method, url, target: undefined, body: await text(request) }, 'TaskRole', policy);
      response.writeHead(refusal === undefined ? 200 : 403, { 'content-type': 'text/xml' }).end(refusal === undefined ? granted : denied);
    });
    await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
    try {
      setEnvironment({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}` });
      await expect(mskToken({ roleArn: `${roleArn}-of-others` }, 'source')).rejects.toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('source.sasl'),
      });
      const { value, until } = await mskToken({ roleArn }, 'source');
      expect(addressIn(value).searchParams.get('X-Amz-Credential')).toMatch(/^ASIAOTHER\//);
      // Credentials that end before the signature does.
      expect(until - Date.now()).toBeLessThan(500_000);
    } finally {
      sts.closeAllConnections();
      await new Promise((resolve) => sts.close(resolve));
    }
  });

  it('is said to have no region', async () => {
    setEnvironment({});
    const missing = { code: 'CONFIG_INVALID', message: expect.stringContaining('source.sasl.region'), retriable: false };
    await expect(mskToken({}, 'source')).rejects.toMatchObject(missing);
  });
});
