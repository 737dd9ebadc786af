import type { z } from 'zod';
import type { Direction } from '../../../api/index.ts';
import type { Issue } from '../../../config/issue.ts';
import { choice, milliseconds, section, type TextMeta, text, textList } from '../../../config/options.ts';
import { hasReference } from '../../../config/references.ts';
import { asList } from '../../../config/text-list.ts';
import { requireCertWithKey, tlsDetails } from '../../../config/tls-options.ts';
import { vhostIn } from './address.ts';

/** AMQP's short text has its length in one byte. */
const MAX_SHORT_TEXT_BYTES = 255;

/** A name as AMQP sends it. A longer one would end the connection without a word about the name. */
export const shortText = (meta: Omit<TextMeta, 'maxLength' | 'expects'>) => {
  const expects = `a name of up to ${MAX_SHORT_TEXT_BYTES} bytes of UTF-8`;
  const named = text({ ...meta, expects });
  const fits = (value: string) => hasReference(value) || Buffer.byteLength(value) <= MAX_SHORT_TEXT_BYTES;
  return named.refine(fits).meta({ ...named.meta(), expects });
};

/** User and password, host, port, virtual host. No parameters behind a question mark: what they ask for has options here. */
const ADDRESS = /^amqps?:\/\/([^\s/@?#]*@)?(\[[0-9a-fA-F:.]+\]|[^\s:/,@?#[\]]+)(:\d{1,5})?(\/[^\s/?#,]*)?$/;

/** How to reach a RabbitMQ: options of one section of a connector file. */
export const connectionConfig = (direction: Direction) => ({
  urls: textList({
    description:
      'Nodes of the cluster, `amqp://host:port` or encrypted `amqps://host:port`; the first one that answers is used. Ports default to 5672 and 5671. An address as it stands elsewhere, `amqp://user:${env:PASSWORD}@host/vhost`, or a reference to one, brings its user, password and virtual host, percent-encoded, which take the place of `username`, `password` and `vhost`.',
    pattern: ADDRESS,
    expects: 'amqp://host:port or amqps://host:port, also with user, password and virtual host, in which a / is written %2F',
    example: 'amqps://rabbit-1:5671',
  }),
  vhost: shortText({ description: 'Virtual host.' }).default('/'),
  mechanism: choice(['PLAIN', 'EXTERNAL'], {
    description: 'How this client proves who it is: by `username` and `password`, or by the certificate in `tls`.',
  }).default('PLAIN'),
  username: text({ description: 'User name, for PLAIN.', example: 'connect' }).exactOptional(),
  password: text({ description: 'Password, for PLAIN.', secret: true, example: '${env:RABBITMQ_PASSWORD}' }).exactOptional(),
  tls: section(tlsDetails('nodes', 'rocketmq-connect/prod/rabbitmq'), {
    description: 'Details of the encryption of `amqps://` addresses.',
  })
    .superRefine(requireCertWithKey(`${direction}.tls`))
    .exactOptional(),
  managementUrl: text({
    description:
      'HTTP API of the management plugin, which is asked by plans only, with the same user (tag `management`) and the authority in `tls`. It tells which queues there are, and which of them are deleted without a consumer.',
    pattern: /^https?:\/\/[^\s@?#]+$/,
    expects: 'http://host:15672 or https://host',
    example: 'https://rabbit-1:15671',
  }).exactOptional(),
  heartbeatMs: milliseconds({
    description: 'How often both sides show that they are there while they have nothing else to say; rounded up to seconds.',
    min: 1_000,
    max: 600_000,
  }).prefault(10_000),
  connectTimeoutMs: milliseconds({
    description: 'Time for a connection to open, encryption and credentials included, and for an answer over an open one.',
    min: 100,
    max: 60_000,
  }).prefault(3_000),
});

/** The same, validated and with references resolved. */
export type RabbitmqConnectionConfig = z.output<z.ZodObject<ReturnType<typeof connectionConfig>>>;

/** Addresses may bring what else has options of its own; a reference may stand for such an address. */
export function refineConnection(
  { urls, mechanism, username, password, tls }: RabbitmqConnectionConfig,
  section: Direction,
  issue: Issue,
): void {
  const addresses = asList(urls);
  const bring = (part: 'username' | 'password') =>
    addresses.every((address) => hasReference(address) || (URL.canParse(address) && new URL(address)[part] !== ''));
  const remedy = `set it, or ${section}.mechanism to EXTERNAL`;
  if (mechanism === 'PLAIN' && username === undefined && !bring('username')) issue(['username'], 'missing', remedy);
  if (mechanism === 'PLAIN' && password === undefined && !bring('password')) issue(['password'], 'missing', remedy);
  if (mechanism === 'EXTERNAL' && tls?.cert === undefined) {
    issue(
      ['tls', 'cert'],
      `missing, but ${section}.mechanism is EXTERNAL`,
      `set ${section}.tls.cert and ${section}.tls.key to this client's own`,
    );
  }
  const isTooLong = (address: string) =>
    !hasReference(address) && URL.canParse(address) && Buffer.byteLength(vhostIn(new URL(address)) ?? '') > MAX_SHORT_TEXT_BYTES;
  if (addresses.some(isTooLong)) issue(['urls'], `names a virtual host of more than ${MAX_SHORT_TEXT_BYTES} bytes`, 'correct it');
}
