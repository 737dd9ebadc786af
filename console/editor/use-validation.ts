import { useEffect, useState } from 'preact/hooks';
import type { Problem, Validated } from '../../src/console/answers.ts';
import { call } from '../data/api.ts';
import { type Given, sentOf } from './given.ts';

/** So long after the last key the server looks at what was typed. */
const PAUSE_MS = 400;

export interface Validation {
  readonly problems: readonly Problem[];
}

/** What the server says is wrong with what is typed, a moment after the last key. */
export function useValidation(given: Given, connector: string | undefined): Validation {
  const [validation, setValidation] = useState<Validation>({ problems: [] });
  useEffect(() => {
    const own = new AbortController();
    const timer = setTimeout(async () => {
      const body = { given: sentOf(given), ...(connector !== undefined && { connector }) };
      const answer = await call<Validated>('POST', '/api/validate', body, own.signal).catch(() => undefined);
      // Where it does not answer, the plan says so.
      if (answer !== undefined) setValidation({ problems: answer.ok ? answer.warnings : answer.problems });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [given, connector]);
  return validation;
}
