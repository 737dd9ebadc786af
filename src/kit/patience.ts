const SLICES = 20;

/**
 * Calls `late` once `ms` have passed in which this process could have heard something and `sign` stayed the same, the number of
 * answers for example. A time limit is for the silence of others: while this process itself is busy (modules that compile on a slow
 * processor) or stopped, it hears no one, and little of that time counts. A sign begins the time anew, within a twentieth of it.
 * Returns what ends the waiting.
 */
export function silence(ms: number, sign: () => unknown, late: () => void): () => void {
  let left = SLICES;
  let last = sign();
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  const wait = () => {
    // What came meanwhile is delivered between a timer and this.
    timer = setTimeout(() => {
      turn = setImmediate(look);
    }, ms / SLICES);
  };
  const look = () => {
    const now = sign();
    left = now === last ? left - 1 : SLICES;
    last = now;
    if (left === 0) late();
    else wait();
  };
  wait();
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

/** The same for one answer: calls `late` once `ms` have passed in which it could have come. */
export const patience = (ms: number, late: () => void): (() => void) => silence(ms, () => undefined, late);

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
