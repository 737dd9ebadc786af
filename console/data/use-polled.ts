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

/** Asks for a path now, and every 5 s while the page can be seen. `once`: only now, and when the caller says so. */
export function usePolled<Answer>(path: string, once = false): Polled<Answer> {
  const [shown, setShown] = useState<{ readonly path: string; readonly data?: Answer; readonly error?: ApiError }>({ path });
  const asking = useRef<AbortController>(undefined);
  const refresh = useCallback(async () => {
    asking.current?.abort();
    const own = new AbortController();
    asking.current = own;
    try {
      const data = await call<Answer>('GET', path, undefined, own.signal);
      setShown({ path, data });
    } catch (error) {
      // Another question has taken its place.
      if (own.signal.aborted) return;
      setShown((before) => ({ ...(before.path === path && before), path, error: error as ApiError }));
    }
  }, [path]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const turn = async () => {
      clearTimeout(timer);
      await refresh();
      if (!ended && !once && document.visibilityState === 'visible') timer = setTimeout(turn, EVERY_MS);
    };
    const seen = () => {
      if (document.visibilityState === 'visible') void turn();
      else clearTimeout(timer);
    };
    void turn();
    if (!once) document.addEventListener('visibilitychange', seen);
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      asking.current?.abort();
    };
  }, [refresh, once]);
  return { ...(shown.path === path && shown), refresh };
}
