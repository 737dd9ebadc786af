import type { ActionState } from '../data/use-action.ts';
import { clock } from '../format/times.ts';
import { Trouble } from './trouble.tsx';

/** What an action is doing, then its effect and when that was, or why it failed. */
export function ActionOutcome({ busy, done }: ActionState) {
  return (
    <div class="outcome" aria-live="polite">
      {busy !== undefined && (
        <p class="busy">
          <span class="spinner" aria-hidden="true" /> {busy} …
        </p>
      )}
      {done?.ok === true && (
        <p class="done">
          <time>{clock(done.at)}</time> {done.text}
        </p>
      )}
      {done?.ok === false && <Trouble text={done.text} />}
    </div>
  );
}
