import { ConnectError } from '../api/index.ts';

/** The variables that name a region, the one that counts first. AWS's own clients know the first only. */
const VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;

export const NO_REGION = 'pass --region, set AWS_REGION, or give the profile a region in ~/.aws/config';

/** Returns the region of the command line, else AWS_REGION, else AWS_DEFAULT_REGION. Undefined where none of them is set. */
export const namedRegion = (asked: string | undefined, environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  [asked, ...VARIABLES.map((name) => environment[name])].find((region) => region !== undefined && region !== '');

/** The same, else the region of the profile: that of `profile`, else of AWS_PROFILE, else `default`. Throws CONFIG_INVALID where there is none. */
export async function regionOf(asked: string | undefined, profile: string | undefined): Promise<string> {
  const named = namedRegion(asked);
  if (named !== undefined) return named;
  const { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } = await import('@smithy/core/config');
  const options = { ...NODE_REGION_CONFIG_FILE_OPTIONS, ...(profile !== undefined && { profile }) };
  const { configFileSelector } = NODE_REGION_CONFIG_OPTIONS;
  const region = await loadConfig<string | undefined>(
    { environmentVariableSelector: () => undefined, configFileSelector, default: undefined },
    options,
  )().catch(() => undefined);
  if (region !== undefined && region !== '') return region;
  throw new ConnectError('CONFIG_INVALID', 'no AWS region is set', { remedy: NO_REGION });
}

/** Lets every client of this process find the region, which asks the profile itself where nothing else names one. */
export function useRegion(asked: string | undefined): void {
  const region = namedRegion(asked);
  if (region === undefined) delete process.env.AWS_REGION;
  else process.env.AWS_REGION = region;
}
