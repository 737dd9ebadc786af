import type { ConnectError } from '../../src/api/index.ts';
import { regionOf } from '../../src/aws/region.ts';

/** What osls gives a file that stands for a value in serverless.yml. Options that are not given are null. */
interface Variables {
  readonly options: { readonly region: string | null; readonly 'aws-profile': string | null };
}

/** `provider.region`, found as the command line finds it. osls needs it before it loads plugins. */
export default async function region({ options: { region: asked, 'aws-profile': profile } }: Variables): Promise<string> {
  return regionOf(asked ?? undefined, profile ?? undefined).catch((error: ConnectError) => {
    // osls shows the stack.
    error.stack = error.line;
    throw error;
  });
}
