import type { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectLogger } from '../../../functions/connect-logger.ts';
import { optionSchema } from '../../../src/config/option-schema.ts';
import { connectorFileSpec, parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { secretProviders } from '../../../src/config/secret-providers.ts';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerRequest } from '../../../src/runtime/planner-api.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import { noTrigger } from '../../support/runtime.ts';
import { stringOptions, withOption } from '../../support/string-options.ts';

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1';
const rocketmq = { endpoints: NOWHERE, topic: 'orders' };

const FILES: Readonly<Record<string, object>> = {
  'activemq-source': { url: `amqp://${NOWHERE}`, queues: ['orders'] },
  'activemq-sink': { url: `amqp://${NOWHERE}` },
  'kafka-sink': { bootstrapServers: [NOWHERE], topic: 'orders' },
  'kafka-source': { bootstrapServers: [NOWHERE], topics: ['orders'] },
  'lambda-sink': { function: 'orders', region: 'eu-central-1' },
  'rabbitmq-source': { urls: [`amqp://${NOWHERE}`], username: 'connect', password: '${env:NAMED}', queues: ['orders'] },
  'rabbitmq-sink': { urls: [`amqp://${NOWHERE}`], username: 'connect', password: '${env:NAMED}' },
  'mysql-sink': { address: NOWHERE, username: 'connect', password: '${env:NAMED}', table: 'shop.orders' },
  'mysql-source': { address: NOWHERE, username: 'connect', password: '${env:NAMED}', tables: ['shop.*'] },
};

const REFERENCES = ['${env:NAMED}', '${env:NAMED:-orders}', '${secretsmanager:db}', '${secretsmanager:db#password}', '${ssm:/db}'];

/** What all the forms of a value have in them, and nothing else has. */
const core = fc.stringMatching(/^[a-z][A-Z0-9]{3}[a-zA-Z0-9]{10}[0-9]{4}$/);
/** Values that options take for what they are, and such that they stumble over. */
const SHAPES: ReadonlyArray<(core: string) => string> = [
  (text) => text,
  (text) => `${text}:1`,
  (text) => `amqp://127.0.0.1:1,amqp://${text}:1`,
  (text) => `amqp://me:${text}@${NOWHERE}`,
  (text) => `https://${text}.example/token`,
  (text) => `shop.${text}`,
  (text) => `({[${text}`,
  (text) => `"${text}\\`,
  (text) => `two words and ${text}`,
  (text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`,
];

/** Of these, those that a system is asked with. */
const REACHING = SHAPES.filter((_, n) => [0, 1, 9].includes(n));

describe.each(Object.keys(connectorTypes))('a secret or a variable in any option of a %s', (type) => {
  const file = { name: 'orders', type, [type.endsWith('-sink') ? 'sink' : 'source']: FILES[type], rocketmq };
  const written: unknown[] = [];
  const logged: unknown[] = [];
  const before = { ...process.env };
  let value = '';
  let options: ReadonlyArray<readonly string[]>;

  beforeAll(async () => {
    Object.assign(process.env, { AWS_LAMBDA_FUNCTION_NAME: 'planner', CONNECT_ENV_REFERENCES: 'NAMED', UNNAMED: 'not for connectors' });
    const load = connectorTypes[type];
    if (load === undefined) throw new Error(type);
    options = [...stringOptions(optionSchema(connectorFileSpec(await load())))];
  });
  afterAll(() => {
    for (const name of ['AWS_LAMBDA_FUNCTION_NAME', 'CONNECT_ENV_REFERENCES', 'UNNAMED', 'NAMED']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  const store = new Proxy({} as ConnectStore, {
    get:
      (_, method) =>
      async (...args: unknown[]) => {
        if (method === 'getConnector') return undefined;
        if (method === 'listTasks' || method === 'keptPositions') return [];
        written.push({ method, args });
        throw new Error('nothing is written here');
      },
  });

  /** As the functions log, of which the last step is left out. */
  const keep = (message: unknown, ...extra: unknown[]) => void logged.push(message, ...extra);
  const logger = connectLogger({ debug: keep, info: keep, warn: keep, error: keep } as unknown as PowertoolsLogger);

  function ask(request: PlannerRequest) {
    const read = async () => value;
    const providers = { ...secretProviders, ssm: read, secretsmanager: async () => JSON.stringify({ password: value }) };
    const resolveSecrets = createSecretResolver({ providers });
    process.env.NAMED = value;
    for (const list of [written, logged]) list.length = 0;
    const planner = createPlanner({
      store,
      schedules: noTrigger,
      trigger: noTrigger,
      connectorTypes,
      parseConnectorFile: (given) => parseConnectorFile(given, connectorTypes, resolveSecrets),
      resolveSecrets,
      checkTopic,
      loadQueueChecks: () => import('../../../src/rocketmq/queue-checks.ts'),
      peekTopic: () => Promise.reject(new Error('no topic is peeked into here')),
      loadLetters: () => import('../../../src/rocketmq/letters.ts'),
      loadRocketmq: () => import('../../../src/transport/index.ts'),
      taskClasses: {},
      owner: 'test',
      clients: new WarmClients(),
      logger,
      deadline: () => Date.now() + 60_000,
    });
    return planner.handle(request);
  }

  /** Everything that anyone is shown of it. */
  const shown = (answer: unknown) => JSON.stringify([answer, written, logged]);

  it('is shown in no finding of its file, and in no log', async () => {
    const cases = fc.record({ text: core, shape: fc.constantFrom(...SHAPES), reference: fc.constantFrom(...REFERENCES) });
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async ({ text, shape, reference }, at) => {
        const option = options[at % options.length] as readonly string[];
        value = shape(text);
        const answer = await ask({ action: 'validate', file: withOption(file, option, reference) });
        expect(shown(answer).toLowerCase()).not.toContain(text.toLowerCase());
      }),
      { numRuns: 50 },
    );
  });

  it('is shown by no attempt to reach a system with it, and none is written', async () => {
    const text = 'zQ7dk3Lw9Xb2Ty6Rn81';
    for (const option of options) {
      for (const shape of REACHING) {
        value = shape(text);
        const answer = await ask({ action: 'apply', file: withOption(file, option, '${env:NAMED}') });
        expect({ option: option.join('.'), value, answer }).toMatchObject({
          answer: { ok: false, error: { code: expect.not.stringMatching('INTERNAL') } },
        });
        expect({ option: option.join('.'), shown: shown(answer).toLowerCase() }).toEqual({
          option: option.join('.'),
          shown: expect.not.stringContaining(text.toLowerCase()),
        });
      }
    }
  }, 600_000);

  it('is not read where the deployment does not name it', async () => {
    for (const [n, option] of options.entries()) {
      const name = n % 2 === 0 ? 'UNNAMED' : 'AWS_SECRET_ACCESS_KEY';
      const answer = await ask({ action: 'validate', file: withOption(file, option, `\${env:${name}}`) });
      expect({ option: option.join('.'), ok: answer.ok }).toEqual({ option: option.join('.'), ok: false });
    }
  });
});
