import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { RunSecrets } from '../../../src/runtime/run/run-secrets.ts';
import { connectorSpec } from '../../support/specs.ts';

/** A resolver of one secret, which keeps its value until it is asked to forget it. */
function resolver() {
  const secret = { stored: 'old', kept: undefined as string | undefined };
  const resolve = async <T>(value: T): Promise<T> => {
    secret.kept ??= secret.stored;
    return JSON.parse(JSON.stringify(value).replaceAll('${secret}', secret.kept));
  };
  const forget = () => {
    secret.kept = undefined;
  };
  return { secret, resolve: Object.assign(resolve, { forget }) };
}

const refused = new ConnectError('AUTH_FAILED', 'source.password: refused');
const spec = (system: object) => connectorSpec({ system: { ...system } });

describe('an error after credentials were refused', () => {
  it('lets the next run try again where the secret that the run used was changed', async () => {
    const { secret, resolve } = resolver();
    const secrets = new RunSecrets(spec({ password: '${secret}' }), resolve);
    expect(await secrets.system()).toEqual({ password: 'old' });
    secret.stored = 'new';
    expect(await secrets.afterRotation(refused)).toMatchObject({ code: 'AUTH_FAILED', retriable: true, cause: refused });
  });

  it('stays as it is where the secret is the same, was not used, or can not be read', async () => {
    const { secret, resolve } = resolver();
    const secrets = new RunSecrets(spec({ password: '${secret}' }), resolve);
    await secrets.rocketmq();
    secret.stored = 'new';
    expect(await secrets.afterRotation(refused)).toBe(refused);
    await secrets.system();
    expect(await secrets.afterRotation(refused)).toBe(refused);
    const unreadable = Object.assign(() => Promise.reject(new Error('no such secret')), { forget: () => {} });
    expect(await new RunSecrets(spec({}), unreadable).afterRotation(refused)).toBe(refused);
  });

  it('stays as it is where it is about something else', async () => {
    const { secret, resolve } = resolver();
    const secrets = new RunSecrets(spec({ password: '${secret}' }), resolve);
    await secrets.system();
    secret.stored = 'new';
    const other = new ConnectError('FORBIDDEN', 'no permission');
    expect(await secrets.afterRotation(other)).toBe(other);
  });
});
