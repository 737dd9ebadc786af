import { ConnectError } from '../src/api/errors.ts';

/** Returns a variable that serverless.yml sets. */
export function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new ConnectError('CONFIG_INVALID', `environment variable ${name} is not set`, { remedy: 'deploy the function by serverless.yml' });
}
