import type { ConnectError, SourceRecord } from '../../api/index.ts';
import type { Copied } from '../run/run.ts';
import type { Sender } from './copy.ts';
import type { RecordSender, SenderOptions } from './record-sender.ts';

/** The sender of a run. It is loaded with the first record, because an idle invocation needs none. */
export class LazySender implements Sender {
  readonly #options: SenderOptions;
  #sender: RecordSender | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get copied(): Copied {
    return this.#sender?.copied ?? { records: 0, bytes: 0, deadLetters: 0 };
  }

  get failure(): ConnectError | undefined {
    return this.#sender?.failure;
  }

  async dispatch(records: readonly SourceRecord[]): Promise<number> {
    this.#sender ??= new (await import('./record-sender.ts')).RecordSender(this.#options);
    return this.#sender.dispatch(records);
  }

  async below(bytes: number, records: number, until: number): Promise<boolean> {
    return this.#sender?.below(bytes, records, until) ?? true;
  }

  async abandon(reason: ConnectError): Promise<void> {
    await this.#sender?.abandon(reason);
  }

  async settled(): Promise<void> {
    await this.#sender?.settled();
  }
}
