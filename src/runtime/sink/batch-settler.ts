import { ConnectError } from '../../api/index.ts';
import { BatchRefusals, type Halt, type RefusalOptions } from './batch-refusals.ts';
import type { BatchWriter, Writable } from './batch-writer.ts';
import type { ReadMessage } from './read-message.ts';
import type { RefusalBreaker } from './refusal-breaker.ts';

export interface SettlerOptions extends RefusalOptions {
  readonly writer: BatchWriter;
  /** What other lanes of the queue found counts, too, before the first dead letter. Default: each batch is judged by itself. */
  readonly breaker?: RefusalBreaker;
}

/** Is given messages that are settled: in the target, dead letters, or passed over. They come in their order, those before first. */
export type OnSettled = (messages: readonly ReadMessage[]) => void;

/** Writes batches of one lane, and makes dead letters of what is refused. */
export class BatchSettler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Resolves with the message at which the batch can't go on, if there is one. Rejects with what fails the run. */
  async settle(batch: readonly ReadMessage[], onSettled: OnSettled): Promise<Halt | undefined> {
    const { writer, errors, breaker } = this.#options;
    const refusals = new BatchRefusals(this.#options, batch);
    // Where the first message that is no record stops the queue, nothing behind it is to be written.
    const unreadable = errors.tolerance === 'fail' ? batch.findIndex(({ record }) => record === undefined) : -1;
    const ahead = unreadable === -1 ? batch : batch.slice(0, unreadable);
    const records = ahead.filter((read): read is Writable => read.record !== undefined);
    refusals.parkBehindUnreadable(ahead);
    let halt: Halt | undefined;
    const settled = async (end: number) => {
      refusals.refuseUnreadable(ahead.filter(({ message }) => message.offset < end));
      halt = await refusals.settle();
      if (halt !== undefined) throw new ConnectError('WRONG_STATE', halt.error.message, { cause: halt.error });
    };
    const write = async () => {
      const wrote =
        records.length === 0 ||
        (await writer.write(
          records,
          (read, error) => refusals.refuse(read, error),
          settled,
          (read) => !refusals.park(read),
        ));
      if (wrote) refusals.refuseUnreadable(ahead);
      return { records: ahead.length - refusals.parked, refused: refusals.unexpected };
    };
    let judged: number | undefined;
    try {
      if (breaker === undefined || errors.tolerance === 'fail') await write();
      else judged = await breaker.judge(write);
    } catch (error) {
      // What the batch has in front of the message may be rolled back, and comes again.
      if (halt === undefined) throw error;
      return halt;
    }
    halt = await refusals.settle(judged);
    if (halt !== undefined) {
      onSettled(batch.slice(0, batch.indexOf(halt.read)));
      return halt;
    }
    onSettled(ahead);
    const read = batch[unreadable];
    if (read === undefined) return undefined;
    const refused = read.refused as ConnectError;
    if (!refusals.passesOver(read, refused)) return { read, error: refusals.stopsAt(read, refused), stopsQueue: true };
    onSettled([read]);
    return batch.length === unreadable + 1 ? undefined : this.settle(batch.slice(unreadable + 1), onSettled);
  }
}
