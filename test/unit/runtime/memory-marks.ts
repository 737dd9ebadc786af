import type { MarkStore } from '../../../src/runtime/dead-letters/marks.ts';
import type { LetterMarks } from '../../../src/store/store.ts';

/** As the table has them. */
export class MemoryMarks implements MarkStore {
  readonly items = new Map<string, LetterMarks>();
  writes = 0;
  /** Called before a write, as if another process were faster. */
  onWrite: () => void = () => {};

  async letterMarks() {
    return [...this.items.values()];
  }

  async putLetterMarks(marks: LetterMarks) {
    this.onWrite();
    this.writes += 1;
    const key = `${marks.queue} ${marks.stretch}`;
    if ((this.items.get(key)?.version ?? 0) !== marks.version) return undefined;
    const written = { ...marks, version: marks.version + 1 };
    this.items.set(key, written);
    return written;
  }

  async forgetLetterMarks({ queue, stretch }: LetterMarks) {
    this.items.delete(`${queue} ${stretch}`);
  }
}
