import { createHash, randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Service } from '../../e2e/deploy/service.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const CACHE = path.join(PROJECT, '.stack/packaged');
const MADE_FROM = ['serverless.yml', 'infra/resources/*.yml', 'infra/serverless/plugin/*.ts'];
/** Parameters with which a deployment has its API, and most of what there can be. */
export const JWT_API = { api: 'jwt', apiJwtIssuer: 'https://id.example/pool', apiJwtAudience: 'connect, console' };
/** An archive of nothing. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex');

/**
 * The CloudFormation template that `sls package` makes of this checkout, without its code, which takes longest and is in no template. It
 * is kept as long as nothing changes that it is made from. `parameters`: what differs from the defaults.
 */
export async function packagedTemplate(parameters: Readonly<Record<string, string>> = {}): Promise<CloudFormation> {
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const hash = createHash('sha256').update(given.join('\n'));
  for (const file of MADE_FROM.flatMap((pattern) => globSync(pattern, { cwd: PROJECT }).toSorted())) {
    hash.update(file).update(await readFile(path.join(PROJECT, file)));
  }
  const kept = path.join(CACHE, `${hash.digest('hex').slice(0, 16)}.json`);
  const text = await readFile(kept, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text);
  const made = await packageIt(given);
  await mkdir(CACHE, { recursive: true });
  // Written aside and renamed, so that two test files at once never see half of it.
  const aside = `${kept}-${randomUUID()}`;
  await writeFile(aside, made);
  await rename(aside, kept);
  return JSON.parse(made);
}

async function packageIt(parameters: readonly string[]): Promise<string> {
  const service = await Service.createWith(EMPTY_ZIP);
  try {
    const { code, output } = await service.sls(['package', '--region', 'us-east-1', ...parameters], { AWS_EC2_METADATA_DISABLED: 'true' });
    if (code !== 0) throw new Error(output);
    return await readTemplate(service.folder);
  } finally {
    await service.remove();
  }
}

/** What the last `sls package` or `sls deploy` in this folder made. */
export const readTemplate = (folder: string): Promise<string> =>
  readFile(path.join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8');

interface CloudFormationResource {
  readonly Type: string;
  /** Names the condition under which it is there at all. */
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface CloudFormation {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, CloudFormationResource>>;
}
