import { choice, flag, integer, section, text, textList } from '../../config/options.ts';

const PEM_LENGTH = 64 * 1024;
const PEM = /^\s*-----BEGIN [\s\S]+-----\s*$/;

const pem = (description: string, holds: string, variable: string, secret = false) =>
  text({
    description,
    pattern: PEM,
    expects: `${holds} as PEM text (-----BEGIN ...)`,
    maxLength: PEM_LENGTH,
    secret,
    example: `\${secretsmanager:rocketmq-connect/kafka#${variable}}`,
  }).exactOptional();

const tls = section(
  {
    enabled: flag({ description: 'Encrypts the connections.' }).default(true),
    ca: pem("Certificates of the authorities to trust, instead of Node's own list.", 'certificates', 'ca'),
    cert: pem('Certificate of this client, where brokers ask for one.', 'a certificate', 'cert'),
    key: pem('Private key that belongs to `cert`.', 'a private key', 'key', true),
    rejectUnauthorized: flag({ description: 'Refuses brokers whose certificate is not trusted. Turn it off in tests only.' }).default(true),
    servername: text({ description: "Name to expect in the brokers' certificates, instead of the host of each address." }).exactOptional(),
  },
  { description: 'Encryption; without it connections are plain text.' },
).superRefine(({ cert, key }, context) => {
  if ((cert === undefined) === (key === undefined)) return;
  const [absent, present] = cert === undefined ? ['cert', 'key'] : ['key', 'cert'];
  const params = { remedy: `set both or remove source.tls.${present}` };
  context.addIssue({ code: 'custom', path: [absent], message: `missing, but source.tls.${present} is set`, params });
});

const sasl = section(
  {
    mechanism: choice(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], { description: 'How the password is proven.' }),
    username: text({ description: 'User name.', example: 'connect' }),
    password: text({ description: 'Password.', secret: true, example: '${env:KAFKA_PASSWORD}' }),
  },
  { description: 'Credentials, where brokers ask for them.' },
);

/** How to reach a Kafka cluster. */
export const connectionConfig = {
  bootstrapServers: textList({
    description: 'Brokers to begin with; the others are found through them.',
    pattern: /^(\[[0-9a-fA-F:.]+\]|[^\s:/,[\]]+):\d{1,5}$/,
    expects: 'host:port',
    example: '127.0.0.1:9092',
  }),
  clientId: text({ description: "Name of this client in the brokers' logs, metrics and quotas." }).default('rocketmq-connect'),
  tls: tls.exactOptional(),
  sasl: sasl.exactOptional(),
  connectTimeoutMs: integer({
    description: 'Time for one connection to open, encryption and credentials included.',
    unit: 'ms',
    min: 100,
    max: 60_000,
  }).default(3_000),
  requestTimeoutMs: integer({
    description: 'Time for a broker to answer a request, and for one that fails in mid-run to come back.',
    unit: 'ms',
    min: 1_000,
    max: 300_000,
  }).default(20_000),
};
