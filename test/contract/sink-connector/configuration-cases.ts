import { expect } from '@jest/globals';
import type { Finding } from '../../../src/api/index.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerResponse, ValidateResult } from '../../../src/runtime/planner-api.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SinkHarness } from '../harness/sink-harness.ts';
import { WRONG_CONFIGS, type WrongConfigName } from '../harness/source-harness.ts';
import { registry, type SinkBench } from './sink-bench.ts';
import type { SinkCopy } from './sink-copy.ts';

const LIMIT_MS = 10_000;
const ROUNDS = 5;

/** What is wrong with a configuration is said by a code, an option and a remedy, before anything is planned. */
export function configurationCases(bench: () => SinkBench, addCase: AddCase, { addressOption }: SinkHarness): void {
  addCase('finds nothing wrong with a configuration that is right', async () => {
    expect(await check(await bench().prepare())).toEqual([]);
  });

  if (addressOption === undefined) return;

  addCase('takes a user with a password, and shows it nowhere', async () => {
    const { target } = await bench().prepare();
    const { config, secrets } = await target.secured();
    Object.assign(process.env, secrets);
    const copy = await bench().copy({ messages: 10, target, config });
    await copy.settle();
    expect(await copy.expectComplete()).toBe(0);
    const shown = JSON.stringify([await copy.sink.status(), await bench().lab.runtime.store.listTasks(copy.sink.spec.name)]);
    for (const [name, secret] of Object.entries(secrets)) {
      expect(shown).not.toContain(secret);
      delete process.env[name];
    }
  });

  for (const { name, address } of [
    { name: 'an address where nobody listens', address: '127.0.0.1:1' },
    { name: 'a host that does not exist', address: 'no-such-host.invalid:4000' },
  ])
    addCase(`says UNREACHABLE of ${name}, within 10 s`, async () => {
      const { target } = await bench().prepare();
      expect(await check(await bench().prepare({ config: target.config({ address }) }))).toEqual([wrong('UNREACHABLE', addressOption)]);
    });

  for (const [name, code] of Object.entries(WRONG_CONFIGS) as Array<[WrongConfigName, string]>)
    addCase(`finds ${name}: ${code}, within 10 s`, async () => {
      const { config, option } = await (await bench().prepare()).target.wrong(name);
      expect(await check(await bench().prepare({ config }))).toEqual([wrong(code, option)]);
    });

  async function check({ sink }: SinkCopy): Promise<readonly Finding[]> {
    for (let round = 1; ; round += 1) {
      const began = Date.now();
      const planner = createPlanner({ ...bench().lab.runtime.plannerDeps, connectorTypes: registry.connectorTypes });
      const response: PlannerResponse = await planner.handle({ action: 'validate', file: sink.spec, reach: true });
      const tookMs = Date.now() - began;
      if (round === ROUNDS) expect(tookMs).toBeLessThan(LIMIT_MS);
      if (tookMs < LIMIT_MS) return response.ok ? (response.result as ValidateResult).findings : (response.error.findings ?? []);
    }
  }

  const wrong = (code: string, option: string): Finding => ({
    level: 'error',
    code,
    option,
    message: expect.stringMatching(/^[^\n]+$/) as unknown as string,
    remedy: expect.stringMatching(/^[^\n]+$/) as unknown as string,
  });
}
