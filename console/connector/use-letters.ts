import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Letters } from '../../src/console/answers.ts';
import { call, pathOf } from '../data/api.ts';

export interface FoundLetters extends Letters {
  readonly error?: string;
  readonly busy: boolean;
  /** Looks through the next stretch. Absent at the end. */
  readonly more?: () => void;
  readonly reload: () => void;
}

const NOTHING: Letters = { letters: [], looked: 0, gone: 0, left: 0 };

/** Looks through the dead-letter topic of a connector, a stretch at a time. */
export function useLetters(connector: string): FoundLetters {
  const [found, setFound] = useState<Letters>(NOTHING);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(true);
  const look = useCallback(
    async (before: Letters) => {
      setBusy(true);
      const from = before.cursor === undefined ? '' : `?cursor=${encodeURIComponent(before.cursor)}`;
      try {
        const { letters, looked, gone, ...page } = await call<Letters>('GET', `/api${pathOf(connector, '/dead-letters')}${from}`);
        setFound({ ...page, letters: [...before.letters, ...letters], looked: before.looked + looked, gone: before.gone + gone });
        setError(undefined);
      } catch (failure) {
        setError((failure as Error).message);
      }
      setBusy(false);
    },
    [connector],
  );
  useEffect(() => {
    void look(NOTHING);
  }, [look]);
  return {
    ...found,
    ...(error !== undefined && { error }),
    busy,
    ...(found.cursor !== undefined && !busy && { more: () => void look(found) }),
    reload: () => void look(NOTHING),
  };
}
