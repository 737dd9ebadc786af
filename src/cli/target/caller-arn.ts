import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';

const TIMEOUT_MS = 3_000;

/** Returns the ARN of the credentials in use. Everybody may ask for that. Undefined where STS does not answer soon. */
export async function callerArn(config: STSClientConfig): Promise<string | undefined> {
  const requestHandler = { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  const client = new STSClient({ maxAttempts: 1, requestHandler, ...config });
  try {
    return (await client.send(new GetCallerIdentityCommand(), { abortSignal: AbortSignal.timeout(TIMEOUT_MS) })).Arn;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
