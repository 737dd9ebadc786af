import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, call } from './api.ts';

const EVERY_MS = 5_000;

export interface Polled<Answer> {
  /** The last answer. It stays while later ones fail. */
  readonly data?: Answer;
  readonly error?: ApiError;
  /** Asks at once, and resolves when there is an answer. */
  readonly refresh: () => Promise<void>;
}

/**
 * Asks for a path now, and every 5 s while the page can be seen. `once`: until there is an answer or a refusal, and when the caller says so.
 */
export function usePolled<Answer>(path: string, once = false): Polled<Answer> {
  const [shown, setShown] = useState<{ readonly path: string; readonly data?: Answer; readonly error?: ApiError }>({ path });
  const asking = useRef<AbortController>(undefined);
  /** Resolves with whether the server may answer another time. */
  const ask = useCallback(async (): Promise<boolean> => {
    asking.current?.abort();
    const own = new AbortController();
    asking.current = own;
    try {
      const data = await call<Answer>('GET', path, undefined, own.signal);
      setShown({ path, data });
      return false;
    } catch (failure) {
      // Another question has taken its place.
      if (own.signal.aborted) return false;
      const error = failure as ApiError;
      setShown((before) => ({ ...(before.path === path && before), path, error }));
      return error.mayPass;
    }
  }, [path]);
  const refresh = useCallback(async () => {
    await ask();
  }, [ask]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    let again = true;
    const turn = async () => {
      clearTimeout(timer);
      const mayPass = await ask();
      again = !once || mayPass;
      if (!ended && again && document.visibilityState === 'visible') timer = setTimeout(turn, EVERY_MS);
    };
    const seen = () => {
      if (document.visibilityState !== 'visible') clearTimeout(timer);
      else if (again) void turn();
    };
    void turn();
    document.addEventListener('visibilitychange', seen);
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      asking.current?.abort();
    };
  }, [ask, once]);
  return { ...(shown.path === path && shown), refresh };
}
