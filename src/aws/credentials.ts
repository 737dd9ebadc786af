import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { CLIENT_DEFAULTS } from './client-defaults.ts';
import { awsError } from './errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface CredentialsRequest {
  /** What they are for, as errors name it. */
  readonly what: string;
  /** Where STS is asked for `roleArn`. */
  readonly region: string;
  /** A role to take on. Absent: whoever this process is to AWS. */
  readonly roleArn: string | undefined;
}

/** Caches what the environment gives until it expires. */
const environment = fromNodeProviderChain();

/** Credentials as AWS's own clients find them. Throws ConnectError. */
export async function awsCredentials({ what, region, roleArn }: CredentialsRequest): Promise<Credentials> {
  try {
    if (roleArn === undefined) return await environment();
    const params = { RoleArn: roleArn, RoleSessionName: 'rocketmq-connect' };
    return await fromTemporaryCredentials({ params, masterCredentials: environment, clientConfig: { region, ...CLIENT_DEFAULTS } })();
  } catch (error) {
    throw awsError(error, { what, createIt: 'create it' });
  }
}
