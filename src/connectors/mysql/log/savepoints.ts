/** From one number of rows events in its transaction to another one. */
export type Undone = readonly [from: number, to: number];

/** Names are told apart as the server does: not by case, nor by accents. */
const { compare } = new Intl.Collator('und', { sensitivity: 'base' });

/** Follows the savepoints of one transaction, and which of its rows were taken back. */
export class Savepoints {
  readonly undone: Undone[] = [];
  #marks: Array<{ readonly name: string; readonly at: number }> = [];

  /** `at`: so many events of rows came before. A name that is used again stands for the later place. */
  set(name: string, at: number): void {
    this.#marks = this.#marks.filter((mark) => compare(mark.name, name) !== 0);
    this.#marks.push({ name, at });
  }

  /** Back to a savepoint that is not known: it was set before the first change, which is why the server left it out. */
  rollBack(name: string, at: number): void {
    const index = this.#marks.findIndex((mark) => compare(mark.name, name) === 0);
    this.undone.push([this.#marks[index]?.at ?? 0, at]);
    this.#marks = this.#marks.slice(0, index + 1);
  }
}

export const isUndone = (undone: readonly Undone[], at: number): boolean => undone.some(([from, to]) => from <= at && at < to);
