import type { z } from 'zod';
import { flag, section, text } from './options.ts';

const PEM_LENGTH = 64 * 1024;
const PEM = /^\s*-----BEGIN [\s\S]+-----\s*$/;

/**
 * A section for encryption that can be switched off. `peers`: who is connected to, `brokers`; `secret`: name of an example
 * secret; `path`: where the section stands in a connector file.
 */
export function tlsOptions(peers: string, secret: string, path = 'source.tls') {
  return section(
    { enabled: flag({ description: 'Encrypts the connections.' }).default(true), ...tlsDetails(peers, secret) },
    { description: 'Encryption; without it connections are plain text.' },
  ).superRefine(requireCertWithKey(path));
}

/** The options of such a section, as Node's own TLS takes them. */
export function tlsDetails(peers: string, secret: string) {
  const pem = (description: string, holds: string, variable: string, hidden = false) =>
    text({
      description,
      pattern: PEM,
      expects: `${holds} as PEM text (-----BEGIN ...)`,
      maxLength: PEM_LENGTH,
      secret: hidden,
      example: `\${secretsmanager:${secret}#${variable}}`,
    }).exactOptional();
  return {
    ca: pem("Certificates of the authorities to trust, instead of Node's own list.", 'certificates', 'ca'),
    cert: pem(`Certificate of this client, where ${peers} ask for one.`, 'a certificate', 'cert'),
    key: pem('Private key that belongs to `cert`.', 'a private key', 'key', true),
    rejectUnauthorized: flag({ description: `Refuses ${peers} whose certificate is not trusted. Turn it off in tests only.` }).default(
      true,
    ),
    servername: text({ description: `Name to expect in the ${peers}' certificates, instead of the host of each address.` }).exactOptional(),
  };
}

/** For `superRefine` of such a section. */
export function requireCertWithKey(path: string) {
  return (
    { cert, key }: { readonly cert?: string | undefined; readonly key?: string | undefined },
    context: z.core.$RefinementCtx,
  ): void => {
    if ((cert === undefined) === (key === undefined)) return;
    const [absent, present] = cert === undefined ? ['cert', 'key'] : ['key', 'cert'];
    const params = { remedy: `set both or remove ${path}.${present}` };
    context.addIssue({ code: 'custom', path: [absent], message: `missing, but ${path}.${present} is set`, params });
  };
}
