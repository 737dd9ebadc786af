import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bundle } from '../../../infra/serverless/bundle/bundle.ts';
import { addNativeCrc32 } from '../../../infra/serverless/bundle/native-crc32.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const SOURCE = 'src/connectors/kafka/protocol/records/scan-batches.ts';
/** An ELF file's header names the processor here; 183 is AArch64. */
const [MACHINE_AT, AARCH64] = [18, 183];
/** Calls the bundled checksum, and tells which native modules the process has loaded. */
const SCRIPT = `
  const { crc32c } = await import(process.argv[1]);
  const answer = crc32c(Buffer.from('123456789')).toString(16);
  const { sharedObjects } = process.report.getReport();
  console.log(answer, sharedObjects.some((file) => file.includes('crc32')));
`;

describe('checksums of Kafka in deployed functions', () => {
  let folder: string;
  let bundle: Bundle;

  beforeAll(async () => {
    // Outside of the project: a function finds no package beside it either.
    folder = await mkdtemp(path.join(tmpdir(), 'native-crc32-'));
    bundle = await Bundle.build({ folder, others: [SOURCE] });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const checksum = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT, bundle.fileOf(SOURCE)], { encoding: 'utf8' }).trim();

  it("are the processor's own where the module is beside the bundle, else WebAssembly's", async () => {
    expect(checksum()).toBe('e3069283 false');
    const home = path.join(folder, 'node_modules/@node-rs/crc32');
    await mkdir(home, { recursive: true });
    // The one for the processor that this test runs on.
    const [binary = ''] = globSync('node_modules/@node-rs/crc32-*/*.node', { cwd: PROJECT });
    await cp(path.join(PROJECT, binary), path.join(home, 'crc32.node'));
    await writeFile(path.join(home, 'package.json'), '{ "main": "crc32.node" }');
    expect(checksum()).toBe('e3069283 true');
  });

  it('get the module for the processor that functions run on, with its licence', async () => {
    const archive = path.join(folder, 'archive');
    const warnings: string[] = [];
    await addNativeCrc32(archive, (text) => warnings.push(text));
    const home = path.join(archive, 'node_modules/@node-rs/crc32');
    const { main } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8'));
    const binary = await readFile(path.join(home, main));
    expect({ warnings, machine: binary.readUInt16LE(MACHINE_AT) }).toEqual({ warnings: [], machine: AARCH64 });
    expect(await readFile(path.join(home, 'LICENSE'), 'utf8')).toMatch(/MIT/);
  });

  it('can be packaged without a network, and say what that costs', async () => {
    const archive = path.join(folder, 'without-network');
    const warnings: string[] = [];
    const nowhere = { npm_config_registry: 'http://127.0.0.1:9', npm_config_cache: path.join(folder, 'npm') };
    Object.assign(process.env, nowhere);
    try {
      await addNativeCrc32(archive, (text) => warnings.push(text), path.join(folder, 'empty-cache'));
    } finally {
      for (const name of Object.keys(nowhere)) delete process.env[name];
    }
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Functions will check Kafka's checksums three times slower: npm could not fetch .*\. Package them again with a network\.$/,
      ),
    ]);
    expect(globSync('*', { cwd: archive })).toEqual([]);
  });
});
