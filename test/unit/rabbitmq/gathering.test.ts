import { expect, it } from '@jest/globals';
import { Gathering } from '../../../src/connectors/rabbitmq/read/gathering.ts';
import type { Reader } from '../../../src/connectors/rabbitmq/read/reader.ts';

/** A reader of which only what a poll waits for counts. */
const silentReader = () =>
  ({ bufferedRecords: 0, bufferedBytes: 0, waiting: false, finished: false, failure: undefined }) as unknown as Reader;

it('a refusal that came while messages did does not end a later poll that is answered well', async () => {
  const gathering = new Gathering(new AbortController().signal);
  const [one, two] = [silentReader(), silentReader()];
  const readers = [one, two] as Array<{ bufferedRecords: number } & Reader>;
  const limit = { maxRecords: 100, maxBytes: 1_000_000 };
  const answer = Promise.withResolvers<void>();
  const waiting = gathering.wait(readers, limit, () => answer.promise);
  setTimeout(() => {
    (two as { bufferedRecords: number }).bufferedRecords = 1;
    gathering.wake();
  }, 250);
  await waiting;
  answer.reject(new Error('an old refusal'));
  await new Promise((resolve) => setImmediate(resolve));
  (two as { bufferedRecords: number }).bufferedRecords = 0;
  await expect(gathering.wait(readers, limit, async () => {})).resolves.toBeUndefined();
});
