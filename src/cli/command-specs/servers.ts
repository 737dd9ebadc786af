import { Option } from 'commander';
import { port, pricesOption, texts } from '../shared/options.ts';
import type { CommandSpec } from './command-spec.ts';

/** Commands that run until Ctrl-C. */
export const serverCommands: readonly CommandSpec[] = [
  {
    usage: 'serve',
    description: "Serve a console for browsers and Kafka Connect's REST API on this machine until Ctrl-C",
    example: 'rocketmq-connect serve --target aws --stage prod',
    options: [
      new Option('--port <n>', 'port to listen on; 0 takes a free one').argParser(port).default(8083),
      new Option('--host <address>', 'address to listen on; who reaches it can change connectors').default('127.0.0.1'),
      new Option('--allow-host <name>', 'also serve requests to this host name; you can repeat the option').argParser(texts),
      pricesOption(),
    ],
    load: () => import('../commands/serve.ts'),
  },
  {
    usage: 'dev [file...]',
    target: 'local',
    description: 'Apply files, then run schedules and tasks in this process until Ctrl-C',
    example: 'rocketmq-connect dev connectors/',
    load: () => import('../commands/dev.ts'),
  },
];
