import * as z from 'zod';
import type { Direction } from '../../../api/index.ts';
import { type Issue, issueIn } from '../../../config/issue.ts';
import { choice, milliseconds, section, text, textList } from '../../../config/options.ts';
import { tlsOptions } from '../../../config/tls-options.ts';

/** How to reach a Kafka cluster: options of one section of a connector file. */
export const connectionConfig = (section: Direction) => ({
  bootstrapServers: textList({
    description: 'Brokers to begin with; the others are found through them.',
    pattern: /^(\[[0-9a-fA-F:.]+\]|[^\s:/,[\]]+):\d{1,5}$/,
    expects: 'host:port',
    example: '127.0.0.1:9092',
  }),
  clientId: text({ description: "Name of this client in the brokers' logs, metrics and quotas." }).default('rocketmq-connect'),
  tls: tlsOptions('brokers', 'rocketmq-connect/prod/kafka', `${section}.tls`).exactOptional(),
  sasl: saslConfig(section).exactOptional(),
  connectTimeoutMs: milliseconds({
    description: 'Time for one connection to open, encryption and credentials included.',
    min: 100,
    max: 60_000,
  }).prefault(3_000),
  requestTimeoutMs: milliseconds({
    description: 'Time for a broker to answer a request, and for one that fails in mid-run to come back.',
    min: 1_000,
    max: 300_000,
  }).prefault(20_000),
});

/** The same, validated and with references resolved. */
export type KafkaConnectionConfig = z.output<z.ZodObject<ReturnType<typeof connectionConfig>>>;

/** What options of a connection say of each other. */
export function refineConnection({ sasl, tls }: KafkaConnectionConfig, section: Direction, issue: Issue): void {
  if (sasl?.mechanism === 'AWS_MSK_IAM' && tls?.enabled !== true) {
    issue(['tls'], `encryption is off, but ${section}.sasl.mechanism is AWS_MSK_IAM`, `write tls: {} under ${section}`);
  }
}

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER', 'AWS_MSK_IAM'] as const;
/** Room for tokens with many claims. */
const TOKEN_LENGTH = 64 * 1024;

const PASSWORD_OPTIONS = { needs: ['username', 'password'], takes: ['username', 'password'] } as const;

/** What belongs to each mechanism, besides itself. */
const OPTIONS: Readonly<Record<(typeof MECHANISMS)[number], { readonly needs: readonly string[]; readonly takes: readonly string[] }>> = {
  PLAIN: PASSWORD_OPTIONS,
  'SCRAM-SHA-256': PASSWORD_OPTIONS,
  'SCRAM-SHA-512': PASSWORD_OPTIONS,
  OAUTHBEARER: { needs: [], takes: ['token', 'tokenEndpoint', 'clientId', 'clientSecret', 'scope', 'extensions'] },
  AWS_MSK_IAM: { needs: [], takes: ['region', 'roleArn'] },
};

/** Credentials of a Kafka client, where brokers ask for them. */
const saslConfig = (direction: Direction) =>
  section(
    {
      mechanism: choice(MECHANISMS, {
        description: `How this client proves who it is: by user and password, by a token (\`OAUTHBEARER\`), or to Amazon MSK by a role of AWS (\`AWS_MSK_IAM\`, with \`${direction}.tls\`).`,
      }),
      username: text({ description: 'User name. For `PLAIN` and `SCRAM`.', example: 'connect' }).exactOptional(),
      password: text({ description: 'Password. For `PLAIN` and `SCRAM`.', secret: true, example: '${env:KAFKA_PASSWORD}' }).exactOptional(),
      tokenEndpoint: text({
        description:
          'Address at which an identity provider gives tokens for `clientId` and `clientSecret` (OAuth 2.0 client credentials). It is asked again shortly before a token expires. For `OAUTHBEARER`: give either this or `token`.',
        pattern: /^(https:\/\/[^\s/]+(\/\S*)?|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/\S*)?)$/,
        expects: 'an https address',
        example: 'https://login.example.com/oauth2/token',
      }).exactOptional(),
      clientId: text({ description: 'Name of this client at the identity provider.', example: 'connect' }).exactOptional(),
      clientSecret: text({
        description: 'Secret of this client at the identity provider.',
        secret: true,
        example: '${secretsmanager:rocketmq-connect/prod/kafka#clientSecret}',
      }).exactOptional(),
      scope: text({
        description: 'What is asked for with `tokenEndpoint`, where the provider wants to know.',
        example: 'kafka',
      }).exactOptional(),
      extensions: z
        .record(
          z.string().regex(/^(?!auth$)[A-Za-z]+$/),
          text({ description: 'A value.', pattern: /^[\x20-\x7e]+$/, expects: 'printable ASCII characters' }),
        )
        .meta({
          description: 'What brokers want beside the token, by name in letters.',
          examples: [{ logicalCluster: 'lkc-abc123', identityPoolId: 'pool-1234' }],
          expects: 'texts by names of letters',
        })
        .exactOptional(),
      token: text({
        description:
          'A token that something else renews in its secret. It is read again every five minutes; where it has expired by then, brokers refuse it.',
        secret: true,
        maxLength: TOKEN_LENGTH,
        example: '${secretsmanager:rocketmq-connect/prod/kafka#token}',
      }).exactOptional(),
      region: text({
        description: 'Region of the MSK cluster. Absent: `AWS_REGION`. For `AWS_MSK_IAM`.',
        pattern: /^[a-z]{2,}(-[a-z]+)+-\d+$/,
        expects: 'a region like eu-central-1',
        example: 'eu-central-1',
      }).exactOptional(),
      roleArn: text({
        description:
          'Role to take on for the cluster, for instance in another account. Absent: the role of the function, or what else AWS clients find in the environment. For `AWS_MSK_IAM`.',
        pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/,
        expects: 'an ARN like arn:aws:iam::123456789012:role/kafka-reader',
        example: 'arn:aws:iam::123456789012:role/kafka-reader',
      }).exactOptional(),
    },
    { description: 'Credentials, where brokers ask for them.' },
  ).superRefine((sasl, context) => {
    const issueAt = issueIn(context);
    const issue = (option: string, message: string, remedy: string) => issueAt([option], message, remedy);
    const { mechanism, token, tokenEndpoint } = sasl;
    const { needs, takes } = OPTIONS[mechanism];
    const given = Object.keys(sasl).filter((option) => option !== 'mechanism');
    for (const option of needs) if (!given.includes(option)) issue(option, 'missing', `set ${direction}.sasl.${option}`);
    for (const option of given) {
      if (!takes.includes(option)) issue(option, `does not go with ${mechanism}`, `remove it, or correct ${direction}.sasl.mechanism`);
    }
    if (mechanism !== 'OAUTHBEARER') return;
    if (token !== undefined && tokenEndpoint !== undefined)
      issue('token', `given together with ${direction}.sasl.tokenEndpoint`, 'remove one of them');
    if (token === undefined && tokenEndpoint === undefined) {
      issue('tokenEndpoint', 'missing', `set it to the address of the identity provider, or set ${direction}.sasl.token`);
    }
    for (const option of ['clientId', 'clientSecret', 'scope'] as const) {
      const set = sasl[option] !== undefined;
      if (tokenEndpoint !== undefined && !set && option !== 'scope') issue(option, 'missing', `set ${direction}.sasl.${option}`);
      if (token !== undefined && tokenEndpoint === undefined && set)
        issue(option, `given without ${direction}.sasl.tokenEndpoint`, 'remove it');
    }
  });

export type SaslConfig = z.output<ReturnType<typeof saslConfig>>;
