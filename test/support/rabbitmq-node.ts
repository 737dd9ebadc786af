import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { OwnServer } from './own-server.ts';

/** A node that is killed may lose a queue that was just declared. It keeps those that are in its tables' own files. */
export const keepQueues = (server: OwnServer): Promise<void> => evaluate(server, 'mnesia:dump_log()');

/** Has a node of RabbitMQ evaluate a call of Erlang, `application:get_env(rabbit, x)`, as its own tools do. */
export async function evaluate(server: OwnServer, call: string): Promise<void> {
  const port = (use: string) => Number(server.address(use).split(':')[1]);
  const cookie = (await readFile(join(server.folder, '.erlang.cookie'), 'utf8')).trim();
  const [, module, name, args] = /^(\w+):(\w+)\((.*)\)$/s.exec(call) ?? [];
  const expression = `R = rpc:call('stack-${port('amqp')}@localhost', ${module}, ${name}, [${args}]), case R of {badrpc, _} -> io:format("~p", [R]), halt(1); _ -> halt(0) end.`;
  await promisify(execFile)(
    join(server.folder, 'erts', 'bin', 'erlexec'),
    ['-noinput', '-start_epmd', 'false', '-sname', `test-${randomUUID()}@localhost`, '-setcookie', cookie, '-eval', expression],
    {
      env: {
        ...process.env,
        ROOTDIR: dirname(await realpath(join(server.folder, 'erts'))),
        BINDIR: join(server.folder, 'erts', 'bin'),
        EMU: 'beam',
        PROGNAME: 'erl',
        HOME: server.folder,
        ERL_EPMD_PORT: String(port('epmd')),
      },
    },
  );
}
