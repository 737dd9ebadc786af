import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError } from 'rocketmq-connect-serverless/api';
import { folderError } from './errors.js';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 10;
const REMEDY = 'give a new file another name, because a file may only grow';

/**
 * Runs in the task: it reads the lines of its files from where the last run ended. A position is the number of bytes before it.
 * @implements {import('rocketmq-connect-serverless/api').SourceTask}
 */
export class FolderLinesSourceTask {
  #context;
  /** The files with something left to read in this run. */
  #reading = [];
  #stopped = new Map();

  /** @param {import('rocketmq-connect-serverless/api').SourceTaskContext<{ folder: string }>} context */
  constructor(context) {
    this.#context = context;
  }

  /** This run ends where each file ends now. What is written meanwhile is for the next run. */
  async start() {
    const { config, taskConfig, positions } = this.#context;
    for (const name of taskConfig.partitions) {
      try {
        const file = path.join(config.folder, name);
        const { size: end } = await stat(file);
        const at = Number(positions.get(name) ?? 0);
        if (end < at)
          throw new ConnectError('POSITION_LOST', `file ${name} is shorter than the part that was already read`, { remedy: REMEDY });
        this.#reading.push({ name, handle: await open(file), at, end, lines: [] });
      } catch (error) {
        this.#stopped.set(name, folderError(error, `file ${name}`));
      }
    }
  }

  async poll({ maxRecords, maxBytes }) {
    const records = [];
    let bytes = 0;
    while (this.#reading.length > 0 && records.length < maxRecords && !this.#context.signal.aborted) {
      const file = this.#reading[0];
      if (file.lines.length === 0) file.lines = await readLines(file);
      if (file.lines.length === 0) await this.#reading.shift().handle.close();
      while (file.lines.length > 0 && records.length < maxRecords) {
        const [{ id, value, position }] = file.lines;
        // One record may be larger than the limit, because otherwise no run could ever read it.
        if (records.length > 0 && bytes + value.length > maxBytes) return { records, caughtUp: false };
        file.lines.shift();
        bytes += value.length;
        records.push({ partition: file.name, id, position, key: null, value, headers: [] });
      }
    }
    const stopped = this.#stopped;
    this.#stopped = new Map();
    return { records, stopped, caughtUp: this.#reading.length === 0 };
  }

  async stop() {
    for (const { handle } of this.#reading.splice(0)) await handle.close();
  }
}

/** Returns the next whole lines. It leaves a line without an end for a later run. */
async function readLines(file) {
  const lines = [];
  for (let size = CHUNK_BYTES; lines.length === 0; size *= 2) {
    const length = Math.min(size, file.end - file.at);
    const { buffer } = await file.handle.read(Buffer.alloc(length), 0, length, file.at);
    let from = 0;
    for (let to = buffer.indexOf(NEWLINE); to !== -1; to = buffer.indexOf(NEWLINE, from)) {
      const start = file.at + from;
      lines.push({ id: String(start), value: buffer.subarray(from, to), position: String(file.at + to + 1) });
      from = to + 1;
    }
    file.at += from;
    if (size > length) break;
  }
  return lines;
}
