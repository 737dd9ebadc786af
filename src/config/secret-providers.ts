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

/** One read, all attempts together. */
const READ_TIMEOUT_MS = 9_000;
/** Parameter Store allows 40 reads a second: tasks that start together are throttled and ask again. */
const CLIENT = { maxAttempts: 8, requestHandler: { connectionTimeout: 1500, requestTimeout: 3000, throwOnRequestTimeout: true } };

/** Names that a runtime gives variables with credentials and addresses of its own. */
export const RESERVED_VARIABLE = /^(AWS_|LAMBDA_|_)/i;
/** In a function, the variables that references may name, separated by commas. */
const NAMED = 'CONNECT_ENV_REFERENCES';

/** Elsewhere the environment is that of whoever names the options. */
export const inFunction = (): boolean => process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined;

function mayRead(name: string): boolean {
  const named = process.env[NAMED];
  if (named === undefined) return !inFunction();
  return named.split(/[\s,]+/).includes(name);
}

export const secretProviders: Readonly<Record<ReferenceKind, SecretProvider>> = {
  async env({ name, fallback }) {
    if (RESERVED_VARIABLE.test(name)) throw new SecretFault('variables of that name are not for connectors', 'name one of your own');
    const value = (mayRead(name) && process.env[name]) || fallback;
    if (value === undefined && !mayRead(name))
      throw new SecretFault('the deployment does not let connectors read it', `add ${name} to ${NAMED} in serverless.yml, and deploy`);
    if (value === undefined)
      throw new SecretFault('the environment variable is not set', `set ${name} where the connector is planned and run`);
    return value;
  },

  /** The whole secret: see `keyOf`. */
  async secretsmanager({ name }) {
    const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManager(CLIENT);
    try {
      const { SecretString: text } = await client.getSecretValue({ SecretId: name }, { abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS) });
      if (text === undefined) throw new SecretFault('the secret is binary', 'store it as text');
      return text;
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
      const { Parameter } = await client.getParameter(
        { Name: name, WithDecryption: true },
        { abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS) },
      );
      return Parameter?.Value ?? '';
    } catch (error) {
      throw explained(error, 'parameter');
    } finally {
      client.destroy();
    }
  },
};

/** A key of a secret that is JSON. */
export function keyOf(text: string, key: string): string {
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
