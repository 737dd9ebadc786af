import path from 'node:path';
import { ConnectError } from '../../api/index.ts';
import { writeConnector } from '../init/write-connector.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const run: CommandRun = async ([direction = '', name = ''], _flags, output) => {
  if (direction !== 'source' && direction !== 'sink') {
    throw new ConnectError('CONFIG_INVALID', `the direction of a connector is source or sink, not ${direction}`, {
      remedy: 'run `rocketmq-connect new source NAME` or `rocketmq-connect new sink NAME`',
    });
  }
  const written = await writeConnector(path.resolve(name), name, direction);
  output.result(written.map((file) => path.join(name, file)).join('\n'));
  output.note(`Next: cd ${name} && npm install && npm test; README.md says what to change`);
  return EXIT.ok;
};
