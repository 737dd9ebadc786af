import { nameBack } from './directions.ts';
import type { MainJob } from './main-job.ts';

/** Commands look here without an environment. */
const DEFAULTS: Readonly<Record<string, string>> = {
  CONNECT_KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9092',
  CONNECT_MYSQL_ADDRESS: '127.0.0.1:3306',
  CONNECT_MYSQL_USERNAME: 'connect',
  CONNECT_ROCKETMQ_ENDPOINTS: '127.0.0.1:9876',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
};

const COMMAND_WIDTH = 56;

/** Returns the commands to type next, with the addresses that differ from the defaults. */
export function nextSteps({ name, system, environment, command, back }: MainJob): string {
  const type = back ? system.type.replace(/-source$/, '-sink') : system.type;
  const exports = Object.entries(environment)
    // The next commands need no password, and it may belong to a server of the user's own.
    .filter(([variable, value]) => DEFAULTS[variable] !== value && !variable.endsWith('PASSWORD'))
    .map(([variable, value]) => [`export ${variable}=${value}`, '']);
  const commands = [
    ...exports,
    [`npx rocketmq-connect status ${back ? nameBack(name) : name}`, 'tasks, positions, lag'],
    ['npx rocketmq-connect serve', 'the same in a browser, at http://127.0.0.1:8083/'],
    [`npx rocketmq-connect describe ${type}`, 'every option of a connector file'],
    [command, 'run it again, which finds nothing to copy'],
    ['npm run stack -- stop', 'stop the servers; their data stays in .stack'],
  ] as const;
  return ['', 'Next:', ...commands.map(([next = '', says = '']) => `  ${next.padEnd(COMMAND_WIDTH)}${says}`.trimEnd())].join('\n');
}
