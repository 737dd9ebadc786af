import type { Server, Site, StackAddresses } from './servers/server.ts';

/** The addresses of the user's own server, if the environment names one. What `npm start` prints for the next commands names the stack's. */
export function externalOf({ server, site }: { readonly server: Server; readonly site: Site }): Partial<StackAddresses> | undefined {
  const external = server.external(process.env);
  if (external === undefined) return undefined;
  const own = new Set([server, server.partOf].flatMap((each) => Object.values(each?.addresses(site) ?? {})));
  return Object.values(external).every((address) => own.has(address)) ? undefined : external;
}
