import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import type { WayBack } from '../../../infra/local/main-job/comparison/source.ts';
import { type Dataset, type DatasetMessage, openDataset } from '../../../infra/local/main-job/flights/dataset.ts';
import { activemqSystem } from '../../../infra/local/main-job/sources/activemq.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

const ROWS = 1_200;
const onProgress = () => {};

describe('the comparison of what the sink wrote to ActiveMQ', () => {
  let addresses: StackAddresses;
  let broker: ActivemqBroker;
  let dataset: Dataset;
  let rows: DatasetMessage[];
  beforeAll(async () => {
    addresses = await stackAddresses();
    broker = await ActivemqBroker.open(addresses.activemq);
    for await (const chunk of (await openDataset('flights-200k')).messages()) {
      rows = chunk.slice(0, ROWS);
      break;
    }
    dataset = {
      name: 'flights',
      rows: ROWS,
      async *messages() {
        yield rows;
      },
    };
  });
  afterAll(() => broker?.close());

  const copyOf = ({ key, value, headers, timestamp }: DatasetMessage) => ({
    creation_time: new Date(timestamp),
    body: rhea.message.data_section(value),
    application_properties: Object.fromEntries([['key', key] as const, ...headers].map(([name, content]) => [name, content.toString()])),
  });

  async function withCopies(work: (back: WayBack, send: (copies: readonly DatasetMessage[]) => Promise<void>) => Promise<void>) {
    const dataDir = await mkdtemp(join(tmpdir(), 'copies-'));
    const source = await activemqSystem.open(addresses, dataDir);
    try {
      const name = uniqueName('copies');
      const { back } = await source.load(name, dataset, new AbortController().signal, onProgress);
      expect(await back?.prepare()).toEqual({ destination: `queue://${name}-copy` });
      await work(back as WayBack, (copies) => broker.send({ name: `${name}-copy` }, copies.map(copyOf)));
    } finally {
      await source.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }

  it('takes them out, and says so; a second one says that there is nothing, and claims nothing', async () => {
    await withCopies(async (back, send) => {
      await send(rows);
      const first = await back.check({ onProgress });
      expect(first.text).toMatch(
        /^Check passed: 1,200 of 1,200 records .*; 0 repeats\.\nThis comparison took them out of queue .*-copy\.$/,
      );
      expect(first.holds).toBe(true);
      const second = await back.check({ onProgress });
      expect(second.text).toMatch(
        /^There is nothing to compare in queue .*: of 1,200 records, 1,200 were taken out of queue .* did not see them\.$/,
      );
      expect(second.holds).toBe(true);
    });
  });

  it('goes on where an earlier one was stopped', async () => {
    await withCopies(async (back, send) => {
      await send(rows.slice(0, 500));
      expect((await back.check({ onProgress })).holds).toBe(false);
      await send(rows.slice(500));
      const { text, holds } = await back.check({ onProgress });
      expect(text).toMatch(
        /^Check passed for what was in queue .*-copy: 700 of 1,200 records, in order per partition; 500 were taken out /,
      );
      expect(holds).toBe(true);
    });
  });

  it('fails where copies are missing, before or behind others', async () => {
    await withCopies(async (back, send) => {
      expect((await back.check({ onProgress })).text).toMatch(
        /^Check FAILED: 0 of 1,200 .*\n {2}1200 records of the source are not in ActiveMQ/,
      );
      await send(rows.slice(0, 500));
      await back.check({ onProgress });
      await send(rows.slice(600));
      const { text, holds } = await back.check({ onProgress });
      expect(text).toMatch(/\n {2}100 records of the source are not in ActiveMQ\n/);
      expect(holds).toBe(false);
    });
  });
});
