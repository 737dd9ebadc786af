import { clock } from '../format/times.ts';

export interface BulkResult {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
  readonly at: number;
}

interface Props {
  readonly results: readonly BulkResult[];
  readonly busy: boolean;
  readonly onClose: () => void;
}

/** What came of each connector. */
export function BulkResults({ results, busy, onClose }: Props) {
  if (results.length === 0 && !busy) return null;
  return (
    <div class="note" aria-live="polite">
      <ul class="results">
        {results.map(({ name, ok, text, at }) => (
          <li key={name} class={ok ? 'done' : 'bad-text'}>
            <time>{clock(at)}</time> {ok ? text : `${name}: ${text}`}
          </li>
        ))}
      </ul>
      {busy ? (
        <p class="busy">
          <span class="spinner" aria-hidden="true" /> Working …
        </p>
      ) : (
        <button type="button" class="plain" onClick={onClose}>
          Hide
        </button>
      )}
    </div>
  );
}
