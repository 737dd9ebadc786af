import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import region from '../../../infra/serverless/region.ts';
import { regionOf, useRegion } from '../../../src/aws/region.ts';

const SOURCES = ['--region', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'the profile'] as const;
const REGIONS = ['eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'] as const;
/** Each source says something, says nothing, or is not there. */
const STATES = ['set', 'empty', 'absent'] as const;
const CASES = STATES.flatMap((asked) =>
  STATES.flatMap((first) => STATES.flatMap((second) => STATES.map((profile) => [asked, first, second, profile] as const))),
);

describe('the AWS region', () => {
  const before = { ...process.env };
  const folder = mkdtempSync(path.join(tmpdir(), 'region-'));
  const file = path.join(folder, 'config');
  beforeAll(() => {
    writeFileSync(file, `[profile set]\nregion = ${REGIONS[3]}\n[profile empty]\nregion =\n[profile absent]\noutput = json\n`);
  });
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const value = (state: (typeof STATES)[number], source: number) =>
    state === 'set' ? REGIONS[source] : state === 'empty' ? '' : undefined;
  const prepare = ([asked, first, second, profile]: (typeof CASES)[number]) => {
    process.env = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none'), AWS_PROFILE: profile };
    const variables = { AWS_REGION: value(first, 1), AWS_DEFAULT_REGION: value(second, 2) };
    for (const [name, set] of Object.entries(variables)) if (set !== undefined) process.env[name] = set;
    return value(asked, 0);
  };
  const ofCommandLine = async (asked: string | undefined) => {
    useRegion(asked);
    const client = new LambdaClient({});
    return client.config.region().catch((error: Error) => error.message);
  };

  it.each(CASES)(`is the first of ${SOURCES.join(', ')} that says one, for both commands (%s, %s, %s, %s)`, async (...states) => {
    const asked = prepare(states);
    const source = states.indexOf('set');
    const expected = source < 0 ? /no AWS region is set/ : new RegExp(`^${REGIONS[source]}$`);
    expect(await region({ options: { region: asked ?? null, 'aws-profile': null } }).catch((error) => error.stack)).toMatch(expected);
    expect(await ofCommandLine(asked)).toMatch(source < 0 ? /^Region is missing$/ : expected);
  });

  it('is that of the profile that is named', async () => {
    prepare(['absent', 'absent', 'absent', 'absent']);
    expect(await regionOf(undefined, 'set')).toBe(REGIONS[3]);
  });

  it('is missing with a remedy', async () => {
    prepare(['absent', 'absent', 'absent', 'absent']);
    await expect(regionOf(undefined, undefined)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      remedy: expect.stringContaining('--region'),
    });
  });
});
