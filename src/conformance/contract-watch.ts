import { ConnectError } from '../api/index.ts';

/** Is told of the first answer of a task that breaks the contract. */
export type OnFault = (error: unknown) => void;

/** How soon a call must end when its run is over, ms. */
const ABORT_MS = 2_000;

/** Waits for the task's answer. An error that is no ConnectError is a fault, unless `mayThrowAny` says otherwise: it names no remedy. */
export async function answerOf<T>(work: Promise<T>, fault: OnFault, mayThrowAny: () => boolean = () => false): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ConnectError) && !mayThrowAny())
      fault(new Error(`the task threw what is no ConnectError: ${String(error)}`, { cause: error }));
    throw error;
  }
}

/** Reports a call that goes on for long after its signal was aborted. `what` names it: `a poll`. The caller disposes of it when the call ends. */
export function endsSoonAfter(signal: AbortSignal, what: string, fault: OnFault): Disposable {
  let late: NodeJS.Timeout | undefined;
  const onAbort = () => {
    late = setTimeout(() => fault(new Error(`${what} went on for more than ${ABORT_MS} ms after its signal was aborted`)), ABORT_MS);
  };
  signal.addEventListener('abort', onAbort);
  return {
    [Symbol.dispose]() {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(late);
    },
  };
}
