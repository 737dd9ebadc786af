import { describe, expect, it } from '@jest/globals';
import {
  ConnectError,
  type ConnectRecord,
  type SinkBatch,
  type SinkRecord,
  type SinkTask,
  type SinkTaskContext,
} from '../../../src/api/index.ts';
import { section, sinkOptions, text } from '../../../src/config/index.ts';
import { type SinkHarness, sinkCases } from '../../../src/conformance/index.ts';
import { errorFinding, SinkConnector } from '../../../src/kit/index.ts';

interface Shelf {
  readonly records: SinkRecord[];
  /** Where a target that keeps positions is. */
  readonly positions: Map<string, string>;
}

const shelves = new Map<string, Shelf>();
const REFUSED = 'refused';

function shelfOf(name: string): Shelf {
  const shelf = shelves.get(name);
  if (shelf === undefined) throw new ConnectError('NOT_FOUND', `shelf ${name} does not exist`, { remedy: 'correct sink.shelf' });
  return shelf;
}

class ShelfConnector extends SinkConnector<{ shelf: string }> {
  readonly taskClass = 'ShelfTask';

  async check() {
    const away = new ConnectError('NOT_FOUND', 'it does not exist', { remedy: 'correct it' });
    return shelves.has(this.config.shelf) ? [] : [errorFinding('sink.shelf', away)];
  }
}

/** Keeps records in memory. */
class ShelfTask implements SinkTask {
  readonly shelf: Shelf | string;

  constructor({ config }: SinkTaskContext<{ shelf: string }>) {
    this.shelf = shelves.get(config.shelf) ?? config.shelf;
  }

  get records(): SinkRecord[] {
    return (this.shelf as Shelf).records;
  }

  async start(): ReturnType<SinkTask['start']> {
    if (typeof this.shelf === 'string') shelfOf(this.shelf);
    return {};
  }

  async write({ records }: SinkBatch): ReturnType<SinkTask['write']> {
    const error = new ConnectError('RECORD_REFUSED', 'it does not fit');
    const failed = records.flatMap((record, index) => (String(record.value) === REFUSED ? [{ index, error }] : []));
    this.records.push(...records.filter((record) => String(record.value) !== REFUSED));
    return { failed };
  }

  async stop() {}
}

/** Keeps each record once, with the position in the same breath. */
class ExactShelfTask extends ShelfTask {
  override async start() {
    await super.start();
    return { positions: new Map((this.shelf as Shelf).positions) };
  }

  override async write({ partition, records, position, settled }: SinkBatch) {
    const { positions } = this.shelf as Shelf;
    if (positions.get(partition) === position) return {};
    if (records.some(({ value }) => String(value) === REFUSED)) throw new ConnectError('RECORD_REFUSED', 'it does not fit');
    await settled?.();
    this.records.push(...records);
    positions.set(partition, position);
    return {};
  }
}

let made = 0;

const harness = (Task: typeof ShelfTask, more: Partial<SinkHarness> = {}): SinkHarness => ({
  connector: {
    connectorTypes: {
      'shelf-sink': async () => ({
        type: 'shelf-sink',
        direction: 'sink',
        summary: 'Fills shelves.',
        config: section({ shelf: text({ description: 'Name of the shelf.' }), ...sinkOptions }, { description: 'The shelf.' }),
        create: (config, context) => new ShelfConnector(config as { shelf: string }, context),
      }),
    },
    taskClasses: { ShelfTask: async () => ({ direction: 'sink', create: Task as never }) },
  },
  type: 'shelf-sink',
  async createTarget() {
    made += 1;
    const name = `shelf-${made}`;
    const shelf: Shelf = { records: [], positions: new Map() };
    shelves.set(name, shelf);
    return {
      config: { shelf: name },
      wrong: [{ config: { shelf: 'away' }, option: 'sink.shelf', code: 'NOT_FOUND' }],
      samples: [
        { key: Buffer.from([0, 255]), value: Buffer.alloc(0), headers: [{ name: 'a', value: null }], timestamp: 7 },
        { key: null, value: null, headers: [] },
      ],
      refused: { key: null, value: Buffer.from(REFUSED), headers: [] },
      read: async (): Promise<readonly ConnectRecord[]> => shelf.records,
      remove: async () => void shelves.delete(name),
    };
  },
  ...more,
});

/** The cases that a sink does not pass. */
async function failedCases(tested: SinkHarness): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of sinkCases(tested)) await run().catch(() => failed.push(name));
  return failed;
}

const wrong: ReadonlyArray<readonly [string, typeof ShelfTask, string]> = [
  [
    'loses the last record of a batch',
    class extends ShelfTask {
      override async write(batch: SinkBatch) {
        return super.write({ ...batch, records: batch.records.slice(0, -1) });
      }
    },
    'writes every record once, in the order of its queue',
  ],
  [
    'writes a batch backwards',
    class extends ShelfTask {
      override async write(batch: SinkBatch) {
        return super.write({ ...batch, records: batch.records.toReversed() });
      }
    },
    'writes every record once, in the order of its queue',
  ],
  [
    'turns values into text',
    class extends ShelfTask {
      override async write(batch: SinkBatch) {
        return super.write({ ...batch, records: batch.records.map((record) => ({ ...record, value: Buffer.from(String(record.value)) })) });
      }
    },
    'writes what the system can carry, byte for byte',
  ],
  [
    'drops what it refuses without a word',
    class extends ShelfTask {
      override async write(batch: SinkBatch) {
        await super.write(batch);
        return {};
      }
    },
    'stops a queue at a record that the target refuses, with all before it written',
  ],
  [
    'throws what is no ConnectError',
    class extends ShelfTask {
      override async write(): Promise<never> {
        throw new Error('no');
      }
    },
    'writes every record once, in the order of its queue',
  ],
  [
    'never stops',
    class extends ShelfTask {
      override async stop() {
        await new Promise((resolve) => setTimeout(resolve, 2_100));
      }
    },
    'stops within its time, also where it was never started',
  ],
];

describe('the suite for sinks of connector packages', () => {
  it('passes a sink that does what its contract says', async () => {
    expect(await failedCases(harness(ShelfTask))).toEqual([]);
  });

  it('passes one that keeps positions in its target, and holds it to each record once', async () => {
    expect(await failedCases(harness(ExactShelfTask, { exactlyOnce: true }))).toEqual([]);
    expect(await failedCases(harness(ShelfTask, { exactlyOnce: true }))).toEqual([
      'writes again what a run wrote that died before it stored a position',
      'loses nothing where the answer to a write is lost',
    ]);
  });

  it.each(wrong)('finds a sink that %s', async (_, Task, name) => {
    const wanted = sinkCases(harness(Task)).find((one) => one.name === name);
    await expect(wanted?.run()).rejects.toThrow();
  });
});
