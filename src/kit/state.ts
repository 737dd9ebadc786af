import { ConnectError } from '../api/errors.ts';

/** In which of a few named states something is. Each state says which may follow it. */
export class State<S extends string> {
  readonly #followers: Readonly<Record<S, readonly S[]>>;
  #now: S;

  constructor(first: S, followers: Readonly<Record<S, readonly S[]>>) {
    this.#now = first;
    this.#followers = followers;
  }

  get now(): S {
    return this.#now;
  }

  /** Throws INTERNAL where this state may not follow: that is a defect in the program. */
  enter(state: S): void {
    if (!this.#followers[this.#now].includes(state)) throw new ConnectError('INTERNAL', `state ${state} may not follow ${this.#now}`);
    this.#now = state;
  }
}
