/** Counts what is on its way, and wakes those who wait for it to become less. */
export class InFlight {
  readonly #waiting: Array<() => void> = [];
  bytes = 0;
  records = 0;

  add(records: number, bytes: number): void {
    this.records += records;
    this.bytes += bytes;
  }

  /** Takes out what has settled, and wakes those who wait. */
  remove(records: number, bytes: number): void {
    this.add(-records, -bytes);
    this.#wake();
  }

  /**
   * Resolves with true when less than `bytes` and at most `records` are in flight, or when `isOver` says so, which is asked after each
   * removal. Resolves with false when it is `until` (ms since 1970) before that.
   */
  async below(bytes: number, records: number, until: number, isOver: () => boolean): Promise<boolean> {
    let late = false;
    let timer: NodeJS.Timeout | undefined;
    while ((this.bytes >= bytes || this.records > records) && !isOver() && !late) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        timer ??= setTimeout(
          () => {
            late = true;
            this.#wake();
          },
          Math.max(0, until - Date.now()),
        );
      });
    }
    clearTimeout(timer);
    return !late;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
