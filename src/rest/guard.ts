import { isIP } from 'node:net';
import { RestError } from './answers/rest-error.ts';

const CHANGES_NOTHING: readonly string[] = ['GET', 'HEAD'];

/**
 * Refuses what a web page could send through its reader's browser. A name in `Host` that is not ours may be one that an attacker lets point
 * here, so that his page counts as ours: 421. A change that another page sends is refused: 403. An address in `Host` is nobody's name.
 */
export function guard(request: Request, hosts: ReadonlySet<string>): void {
  const url = new URL(request.url);
  const host = request.headers.get('host') ?? url.host;
  if (!isOwn(host, hosts)) throw new RestError(421, `host: ${JSON.stringify(host)} is not served here; add it with --allow-host`);
  if (CHANGES_NOTHING.includes(request.method)) return;
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const isForeign = site !== null && site !== 'same-origin' && site !== 'none';
  if (isForeign || (origin !== null && hostOfOrigin(origin) !== host.toLowerCase())) {
    throw new RestError(403, 'this change comes from a page of another site, which may not send any');
  }
}

function isOwn(host: string, hosts: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const isAddress = isIP(name) !== 0 || (name.startsWith('[') && name.endsWith(']') && isIP(name.slice(1, -1)) === 6);
  return isAddress || name === 'localhost' || hosts.has(name);
}

const hostOfOrigin = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);
