import { access, constants, readdir } from 'node:fs/promises';
import { errorFinding, SinkConnector } from 'rocketmq-connect-serverless/kit';
import { config } from './config.js';
import { folderError } from './errors.js';

/** Runs in the planner: it looks at the system. `SinkConnector` splits the queues of the topic over tasks. */
class FolderLinesConnector extends SinkConnector {
  taskClass = 'FolderLinesSinkTask';

  async check() {
    const { folder } = this.config;
    try {
      await readdir(folder);
      await access(folder, constants.W_OK);
      return [];
    } catch (error) {
      return [errorFinding('sink.folder', folderError(error, `folder ${folder}`))];
    }
  }
}

/** @type {import('rocketmq-connect-serverless/api').ConnectorType<{ folder: string }>} */
export const folderLinesSink = {
  type: 'folder-lines-sink',
  direction: 'sink',
  summary: 'writes messages to lines of text files',
  config,
  create: (options, context) => new FolderLinesConnector(options, context),
};
