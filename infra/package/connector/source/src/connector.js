import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { assignSticky, errorFinding } from 'rocketmq-connect-serverless/kit';
import { config } from './config.js';
import { folderError } from './errors.js';

/**
 * Runs in the planner: it looks at the system, and splits the work into tasks. Each file is a partition.
 * @implements {import('rocketmq-connect-serverless/api').Connector}
 */
class FolderLinesConnector {
  taskClass = 'FolderLinesSourceTask';

  constructor({ folder }) {
    this.folder = folder;
  }

  async check() {
    try {
      await this.files();
      return [];
    } catch (error) {
      return [errorFinding('source.folder', error)];
    }
  }

  /** Partitions stay where they are, as far as the split allows it. */
  async taskConfigs(maxTasks, previous) {
    const before = previous.map(({ partitions }) => partitions);
    return assignSticky(await this.files(), maxTasks, before).map((partitions) => ({ partitions }));
  }

  /** The files that do not end where they were read to. A schedule starts the tasks of those alone. */
  async pending(split, positions) {
    const names = split.flatMap(({ partitions }) => partitions);
    const sizeOf = (name) =>
      stat(path.join(this.folder, name)).then(
        ({ size }) => size,
        () => undefined,
      );
    const sizes = await Promise.all(names.map(sizeOf));
    return new Set(names.filter((name, index) => sizes[index] !== Number(positions.get(name))));
  }

  async files() {
    try {
      return (await readdir(this.folder)).filter((name) => name.endsWith('.txt')).sort();
    } catch (error) {
      throw folderError(error, `folder ${this.folder}`);
    }
  }

  async stop() {}
}

/** @type {import('rocketmq-connect-serverless/api').ConnectorType<{ folder: string }>} */
export const folderLinesSource = {
  type: 'folder-lines-source',
  direction: 'source',
  summary: 'copies the lines of text files',
  config,
  create: (options) => new FolderLinesConnector(options),
};
