import type { ConnectError } from '../../src/api/index.ts';
import { regionOf } from '../../src/aws/region.ts';

/** The argument that osls gives to a file that stands for a value in serverless.yml. Missing options are null. */
interface Variables {
  readonly options: { readonly region: string | null; readonly 'aws-profile': string | null };
}

/** Returns `provider.region`, as the command line finds it. osls needs it before it loads plugins. */
export default async function region({ options: { region: asked, 'aws-profile': profile } }: Variables): Promise<string> {
  return regionOf(asked ?? undefined, profile ?? undefined).catch((error: ConnectError) => {
    // osls only shows the stack of an error.
    error.stack = error.line;
    throw error;
  });
}
