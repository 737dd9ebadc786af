/** From one number of rows events in its transaction to another one. */
export type Undone = readonly [from: number, to: number];

interface Mark {
  readonly name: string;
  readonly at: number;
  /** False: the name was used again. */
  stands: boolean;
}

/** Names are told apart as the server does: not by case, nor by accents. */
const { compare } = new Intl.Collator('und', { sensitivity: 'base' });

/** Savepoints that are remembered of one transaction. A server lets go of those that are released, and its log does not say so. */
const MAX_MARKS = 200_000;

/** Follows the savepoints of one transaction, and which of its rows were taken back. Each savepoint costs the same, however many there are. */
export class Savepoints {
  /** In the order of the log, apart from each other. */
  readonly undone: Undone[] = [];
  readonly #marks: Mark[] = [];
  readonly #byName = new Map<string, Mark>();
  /** The oldest ones were. */
  #forgotten = false;
  /** The transaction went back to a savepoint that may be one of the forgotten ones: what stays of its rows nobody can tell. */
  undecided = false;

  /** `at`: so many events of rows came before. A name that is used again stands for the later place. */
  set(name: string, at: number): void {
    const earlier = this.#byName.get(name);
    if (earlier !== undefined) earlier.stands = false;
    const mark = { name, at, stands: true };
    this.#marks.push(mark);
    this.#byName.set(name, mark);
    if (this.#marks.length > MAX_MARKS) this.#makeRoom();
  }

  /** Back to a savepoint that is not known: it was set before the first change, which is why the server left it out. */
  rollBack(name: string, at: number): void {
    let mark = this.#marks.at(-1);
    while (mark !== undefined && !(mark.stands && compare(mark.name, name) === 0)) {
      this.#marks.pop();
      if (mark.stands) this.#byName.delete(mark.name);
      mark = this.#marks.at(-1);
    }
    if (mark === undefined && this.#forgotten) this.undecided = true;
    this.#takeBack(mark?.at ?? 0, at);
  }

  #takeBack(from: number, to: number): void {
    let first = from;
    for (let last = this.undone.at(-1); last !== undefined && last[1] >= first; last = this.undone.at(-1)) {
      first = Math.min(first, last[0]);
      this.undone.pop();
    }
    if (first < to) this.undone.push([first, to]);
  }

  /** Of names that were used again only the last mark is wanted; where that is not enough, the older half goes. */
  #makeRoom(): void {
    const standing = this.#marks.filter(({ stands }) => stands);
    const gone = standing.length > MAX_MARKS / 2 ? standing.splice(0, standing.length - MAX_MARKS / 2) : [];
    for (const { name } of gone) this.#byName.delete(name);
    this.#forgotten ||= gone.length > 0;
    this.#marks.splice(0, this.#marks.length, ...standing);
  }
}

/** `undone`: as `Savepoints` has them. */
export function isUndone(undone: readonly Undone[], at: number): boolean {
  let low = 0;
  let high = undone.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((undone[middle] as Undone)[1] <= at) low = middle + 1;
    else high = middle;
  }
  return low < undone.length && (undone[low] as Undone)[0] <= at;
}
