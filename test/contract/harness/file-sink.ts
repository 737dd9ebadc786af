import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniqueName } from '../../support/names.ts';
import { REFUSED, readFileSink } from '../../support/sink/file-sink.ts';
import type { SinkHarness, SinkTarget } from './sink-harness.ts';

const none = async (): Promise<never> => {
  throw new Error('a file has no users');
};

/** A file as target: what the suite finds here is the runtime's. */
export const fileSinkHarness: SinkHarness = {
  type: 'file-sink',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'file-sink-'));
    return {
      async create(): Promise<SinkTarget> {
        const path = join(folder, uniqueName('target'));
        return {
          config: () => ({ path }),
          secured: none,
          wrong: none,
          read: () => readFileSink(path),
          expected: (record) => record,
          refused: () => ({ key: null, value: REFUSED, headers: [] }),
        };
      },
      async [Symbol.asyncDispose]() {
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};
