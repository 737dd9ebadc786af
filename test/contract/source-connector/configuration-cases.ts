import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from '@jest/globals';
import type { Finding } from '../../../src/api/index.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerResponse, ValidateResult } from '../../../src/runtime/planner-api.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import { WRONG_CONFIGS, type WrongConfigName } from '../harness/source-harness.ts';
import type { Workbench } from './workbench.ts';

const LIMIT_MS = 10_000;
const ROUNDS = 5;

/** What is wrong with a configuration is said by a code, an option and a remedy, before anything is planned. */
export function configurationCases(bench: () => Workbench, addCase: AddCase): void {
  addCase('finds nothing wrong with a configuration that is right', async () => {
    const source = await bench().lab.createSource(2);
    const { warning } = bench().harness;
    const expected =
      warning === undefined ? [] : [expect.objectContaining({ level: 'warning', message: expect.stringContaining(warning) })];
    expect(await check(source.config())).toEqual(expected);
    expect(await check((await source.secured()).config, (await source.secured()).secrets)).toEqual(expected);
  });

  for (const { name, address } of [
    { name: 'an address where nobody listens', address: '127.0.0.1:1' },
    { name: 'a host that does not exist', address: 'no-such-host.invalid:4000' },
  ])
    addCase(`says UNREACHABLE of ${name}, within 10 s`, async () => {
      const source = await bench().lab.createSource(1);
      expect(await check(source.config({ address }))).toEqual([wrong('UNREACHABLE', bench().harness.addressOption)]);
    });

  addCase('says UNREACHABLE of a server that never answers, within 10 s', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    try {
      const source = await bench().lab.createSource(1);
      const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      expect(await check(source.config({ address }))).toEqual([wrong('UNREACHABLE', bench().harness.addressOption)]);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  for (const [name, code] of Object.entries(WRONG_CONFIGS) as Array<[WrongConfigName, string]>)
    addCase(`finds ${name}: ${code}, within 10 s`, async () => {
      const source = await bench().lab.createSource(1);
      const { config, option } = await source.wrong(name);
      expect(await check(config)).toEqual([wrong(code, option)]);
    });

  async function check(
    config: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<readonly Finding[]> {
    Object.assign(process.env, secrets);
    const spec = await bench().spec(await bench().lab.createSource(1), {}, config);
    await bench().topics.create(spec.name);
    const response = await validated(spec);
    for (const name of Object.keys(secrets)) delete process.env[name];
    return response.ok ? (response.result as ValidateResult).findings : (response.error.findings ?? []);
  }

  /** In time at least once in a few rounds: others may use the machine, too. */
  async function validated(file: ConnectorSpec): Promise<PlannerResponse> {
    for (let round = 1; ; round += 1) {
      const began = Date.now();
      const response = await createPlanner(bench().runtime.plannerDeps).handle({ action: 'validate', file, reach: true });
      const tookMs = Date.now() - began;
      if (round === ROUNDS) expect(tookMs).toBeLessThan(LIMIT_MS);
      if (tookMs < LIMIT_MS) return response;
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
