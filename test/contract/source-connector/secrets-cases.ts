import { inspect } from 'node:util';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from '@jest/globals';
import type { Logger } from '../../../src/api/index.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { createClient } from '../../../src/store/dynamodb/client.ts';
import type { Workbench } from './workbench.ts';

/** Secrets are used and nowhere shown. */
export function secretsCases(bench: () => Workbench): void {
  it('shows no secret in a log, an error or an item, with the right one and with a wrong one', async () => {
    const copy = await bench().prepare({ messages: 10 });
    const { config, secrets } = await copy.source.secured();
    const { system } = await bench().spec(copy.source, {}, config);
    const shown: unknown[] = [];
    const wrong = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, `${value}-but-wrong`]));
    try {
      Object.assign(process.env, secrets);
      await copy.apply({ system });
      await using right = bench().newRuntime();
      expect(await copy.run({ runtime: right, deps: { logger: into(shown) } })).toMatchObject({ outcome: 'ran', summary: { records: 20 } });

      Object.assign(process.env, wrong);
      await using other = bench().newRuntime();
      await copy.fill(10);
      const failed = await copy.run({ runtime: other, deps: { logger: into(shown) } });
      expect(failed.summary?.error?.code).toBe('AUTH_FAILED');
      const refused = await createPlanner({ ...other.plannerDeps, logger: into(shown) }).handle({
        action: 'validate',
        file: { ...copy.spec, system },
        reach: true,
      });
      expect(refused).toMatchObject({ ok: false, error: { code: 'AUTH_FAILED' } });
      shown.push(failed, refused, await items());
    } finally {
      for (const name of Object.keys(secrets)) delete process.env[name];
    }
    const text = inspect(shown, { depth: 20, maxStringLength: null, maxArrayLength: null, showHidden: false });
    for (const secret of Object.values(secrets)) {
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, -4)])
        expect(text).not.toContain(form);
    }
  });

  async function items(): Promise<unknown> {
    const client = createClient(bench().addresses.dynamodb);
    try {
      return (await client.send(new ScanCommand({ TableName: bench().table }))).Items;
    } finally {
      client.destroy();
    }
  }
}

function into(shown: unknown[]): Logger {
  const keep = (message: string, fields?: object) => void shown.push(message, fields);
  return { debug: keep, info: keep, warn: keep, error: keep };
}
