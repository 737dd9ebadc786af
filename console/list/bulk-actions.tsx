import { useState } from 'preact/hooks';
import type { ListedConnector } from '../../src/console/answers.ts';
import { CHANGES, type ChangeName } from '../data/changes.ts';
import { counted } from '../format/numbers.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { type BulkResult, BulkResults } from './bulk-results.tsx';

/** So many are changed without a question. */
const WITHOUT_QUESTION = 10;
const OFFERED: readonly ChangeName[] = ['Pause', 'Resume', 'Restart'];

interface Props {
  readonly connectors: readonly ListedConnector[];
  readonly refresh: () => Promise<void>;
}

/** Does the same with all connectors that are shown, one after the other. A failure does not stop the rest. */
export function BulkActions({ connectors, refresh }: Props) {
  const [asking, ask] = useState<ChangeName>();
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<readonly BulkResult[]>([]);
  const perform = async (change: ChangeName) => {
    setBusy(true);
    setResults([]);
    for (const { name } of connectors) {
      const result = await CHANGES[change](name).then(
        (text) => ({ name, ok: true, text, at: Date.now() }),
        (error: unknown) => ({ name, ok: false, text: `${change} failed: ${(error as Error).message}`, at: Date.now() }),
      );
      setResults((before) => [...before, result]);
    }
    setBusy(false);
    await refresh();
  };
  const start = (change: ChangeName) => (connectors.length > WITHOUT_QUESTION ? ask(change) : void perform(change));
  return (
    <>
      <fieldset class="bulk">
        <legend class="quiet">All {counted(connectors.length, 'connector')} below:</legend>
        {OFFERED.map((change) => (
          <ActionButton key={change} off={busy || connectors.length === 0} onPress={() => start(change)}>
            {change} all
          </ActionButton>
        ))}
      </fieldset>
      <BulkResults results={results} busy={busy} onClose={() => setResults([])} />
      {asking !== undefined && (
        <ConfirmDialog
          title={`${asking} ${counted(connectors.length, 'connector')}?`}
          action={`${asking} all`}
          onConfirm={() => void perform(asking)}
          onClose={() => ask(undefined)}
        >
          <p>These are all connectors that the list shows at the moment.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
