import { open } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError } from 'rocketmq-connect-serverless/api';
import { folderError } from './errors.js';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = Buffer.from('\n');
const REMEDY = 'let its producer write one line of text';

/**
 * Runs in the task: it appends the messages of each lane to a file of its own. A queue is one lane, unless `ordering` is `key`.
 * @implements {import('rocketmq-connect-serverless/api').SinkTask}
 */
export class FolderLinesSinkTask {
  #context;
  #files = new Map();

  /** @param {import('rocketmq-connect-serverless/api').SinkTaskContext<{ folder: string }>} context */
  constructor(context) {
    this.#context = context;
  }

  /** Files are opened when their lane has something. A target that keeps positions itself would return them here. */
  async start() {
    return {};
  }

  /** When it resolves, all but the refused messages are on the disk. After a throw the same messages come again. */
  async write({ lane, records }) {
    const failed = [];
    const lines = [];
    for (const [index, { value }] of records.entries()) {
      const problem = problemOf(value);
      if (problem === undefined) lines.push(value, NEWLINE);
      else failed.push({ index, error: new ConnectError('RECORD_REFUSED', problem, { remedy: REMEDY }) });
    }
    const name = `${encodeURIComponent(lane)}.txt`;
    try {
      const file = await this.#open(name);
      // A write that failed may have left a part behind.
      await file.handle.truncate(file.end);
      await file.handle.appendFile(Buffer.concat(lines));
      await file.handle.datasync();
      file.end = (await file.handle.stat()).size;
    } catch (error) {
      throw folderError(error, `file ${name}`);
    }
    return { failed };
  }

  async #open(name) {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const handle = await open(path.join(this.#context.config.folder, name), 'a+');
    const file = { handle, end: await endOfLines(handle) };
    this.#files.set(name, file);
    return file;
  }

  async stop() {
    for (const { handle } of this.#files.values()) await handle.close();
    this.#files.clear();
  }
}

function problemOf(value) {
  if (value === null) return 'it has no value';
  return value.includes(NEWLINE) ? 'its value has more than one line' : undefined;
}

/** Returns the number of bytes up to the end of the last whole line. A process that died may have left a part of one. */
async function endOfLines(handle) {
  let { size } = await handle.stat();
  const buffer = Buffer.alloc(CHUNK_BYTES);
  while (size > 0) {
    const from = Math.max(0, size - CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, size - from, from);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (last !== -1) return from + last + 1;
    size = from;
  }
  return 0;
}
