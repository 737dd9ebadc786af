const SLICES = 20;

/**
 * Calls `late` once `ms` have passed in which this process could have heard something. A time limit is for the silence of others:
 * while this process itself is busy (modules that compile on a slow processor) or stopped, it hears no one, and little of that
 * time counts. Returns what ends the waiting.
 */
export function patience(ms: number, late: () => void): () => void {
  let left = SLICES;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  const next = () => {
    left -= 1;
    timer = setTimeout(() => {
      // What came meanwhile is delivered between a timer and this.
      turn = setImmediate(left === 0 ? late : next);
    }, ms / SLICES);
  };
  next();
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

/** The same as a signal, for the time of `work`. */
export async function withPatience<R>(ms: number, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const end = patience(ms, () => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    end();
  }
}
