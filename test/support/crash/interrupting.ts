/** One call of a run: the `nth` (from 1) of a method, before it is made or after it came back. */
export interface AwaitPoint {
  /** `store.acquire`, `task.poll`, `producer.send`, `schedules.sync` … */
  readonly method: string;
  readonly when: 'before' | 'after';
  readonly nth: number;
}

/** Whether it is a call to, or of, RocketMQ's producer. */
export const isOfProducer = ({ method }: AwaitPoint): boolean => method.startsWith('producer.') || method === 'rocketmq.openProducer';

export const describePoint = ({ method, when, nth }: AwaitPoint): string => `${when} ${method} #${nth}`;

/** What is called in a run, and the one place where its process ends (or stops) itself. */
export class Interruption {
  readonly #at: AwaitPoint | undefined;
  readonly #signal: NodeJS.Signals;
  readonly #calls = new Map<string, number>();
  readonly #plain = new Set<string>();

  constructor(at: AwaitPoint | undefined, signal: NodeJS.Signals) {
    this.#at = at;
    this.#signal = signal;
  }

  /** How often each method was called; without those that only compute. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#calls].filter(([method]) => !this.#plain.has(method)));
  }

  /** `target` with every method call reported under `name`. Methods in `plain` only compute. */
  within<T extends object>(target: T, name: string, plain: readonly string[] = []): T {
    for (const property of plain) this.#plain.add(`${name}.${property}`);
    return new Proxy(target, {
      get: (object, property) => {
        const value = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => this.#call(`${name}.${String(property)}`, () => value.apply(object, args));
      },
    });
  }

  #call(method: string, call: () => unknown): unknown {
    const nth = (this.#calls.get(method) ?? 0) + 1;
    this.#calls.set(method, nth);
    this.#reach(method, 'before', nth);
    const result = call();
    if (!(result instanceof Promise)) {
      this.#reach(method, 'after', nth);
      return result;
    }
    return result.then((answer) => {
      this.#reach(method, 'after', nth);
      return answer;
    });
  }

  #reach(method: string, when: AwaitPoint['when'], nth: number): void {
    const at = this.#at;
    if (at?.method === method && at.when === when && at.nth === nth) process.kill(process.pid, this.#signal);
  }
}
