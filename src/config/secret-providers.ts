import { awsError } from '../aws/errors.ts';
import type { Reference, ReferenceKind } from './references.ts';

/** Reads what a reference stands for; throws SecretFault where that can be explained. */
export type SecretProvider = (reference: Reference) => Promise<string>;

/** Why a reference has no value, in words that hold no secret. */
export class SecretFault extends Error {
  readonly remedy: string;
  readonly retriable: boolean;

  constructor(message: string, remedy: string, retriable = false) {
    super(message);
    this.remedy = remedy;
    this.retriable = retriable;
  }
}

/** A wrong address shows within 10 s, all attempts together. */
const CLIENT = { maxAttempts: 2, requestHandler: { connectionTimeout: 1500, requestTimeout: 3000 } };

export const secretProviders: Readonly<Record<ReferenceKind, SecretProvider>> = {
  async env({ name, fallback }) {
    const value = process.env[name] || fallback;
    if (value === undefined)
      throw new SecretFault('the environment variable is not set', `set ${name} where the connector is planned and run`);
    return value;
  },

  async secretsmanager({ name, key }) {
    const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManager(CLIENT);
    try {
      const { SecretString: text } = await client.getSecretValue({ SecretId: name });
      if (text === undefined) throw new SecretFault('the secret is binary', 'store it as text');
      return key === undefined ? text : keyOf(text, key);
    } catch (error) {
      throw explained(error, 'secret');
    } finally {
      client.destroy();
    }
  },

  async ssm({ name }) {
    const { SSM } = await import('@aws-sdk/client-ssm');
    const client = new SSM(CLIENT);
    try {
      const { Parameter } = await client.getParameter({ Name: name, WithDecryption: true });
      return Parameter?.Value ?? '';
    } catch (error) {
      throw explained(error, 'parameter');
    } finally {
      client.destroy();
    }
  },
};

function keyOf(text: string, key: string): string {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw new SecretFault('the secret is not JSON', `store it as {"${key}": "..."} or remove #${key}`);
  }
  const value =
    typeof values === 'object' && values !== null && Object.hasOwn(values, key) ? (values as Record<string, unknown>)[key] : undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new SecretFault(`the secret has no text under the key ${key}`, 'correct the key or add it to the secret');
}

function explained(error: unknown, entity: 'secret' | 'parameter'): SecretFault {
  if (error instanceof SecretFault) return error;
  if (/NotFound/.test((error as Error).name))
    return new SecretFault(`no such ${entity}`, 'correct its name or create it, in the region of AWS_REGION');
  const { message, remedy = 'try again', retriable } = awsError(error, { what: `reading the ${entity}`, createIt: 'create it' });
  return new SecretFault(message, remedy, retriable);
}
