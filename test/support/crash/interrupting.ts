/** One await of a run: the `nth` call (from 1) of a method, before it is made or after it came back. */
export interface AwaitPoint {
  /** `store.acquire`, `task.poll`, `producer.send`, `schedules.sync` … */
  readonly method: string;
  readonly when: 'before' | 'after';
  readonly nth: number;
}

export const describePoint = ({ method, when, nth }: AwaitPoint): string => `${when} ${method} #${nth}`;

/** `target` with every method call reported as a point; the process ends (or stops) itself where `at` says. */
export function interrupting<T extends object>(target: T, name: string, at: AwaitPoint | undefined, signal: NodeJS.Signals): T {
  const calls = new Map<string, number>();
  const reach = (method: string, when: AwaitPoint['when'], nth: number) => {
    if (at?.method === method && at.when === when && at.nth === nth) process.kill(process.pid, signal);
  };
  return new Proxy(target, {
    get(object, property) {
      const value = Reflect.get(object, property, object);
      if (typeof value !== 'function') return value;
      const method = `${name}.${String(property)}`;
      return (...args: unknown[]) => {
        const nth = (calls.get(method) ?? 0) + 1;
        calls.set(method, nth);
        reach(method, 'before', nth);
        const result = value.apply(object, args);
        if (!(result instanceof Promise)) {
          reach(method, 'after', nth);
          return result;
        }
        return result.then((answer) => {
          reach(method, 'after', nth);
          return answer;
        });
      };
    },
  });
}
