import { useState } from 'preact/hooks';
import type { History } from '../../src/console/answers.ts';
import type { HistoryEntry } from '../../src/runtime/planner-api.ts';
import { pathOf } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { usePolled } from '../data/use-polled.ts';
import { time } from '../format/times.ts';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { Table } from '../parts/table.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { changeLines } from './change-lines.ts';
import { RollbackDialog } from './rollback-dialog.tsx';
import type { TabProps } from './tab-content.tsx';

/** Who changed the connector, when, and what; and a way back. */
export function HistoryTab({ connector: { name, generation }, refresh }: TabProps) {
  const { data, error, refresh: reload } = usePolled<History>(`/api${pathOf(name, '/history')}`);
  const [back, goBack] = useState<number>();
  const action = useAction();
  if (error && data === undefined) return <Trouble text={error.message} />;
  if (data === undefined) return <p class="quiet">Loading …</p>;
  if (data.changes.length === 0) return <p class="quiet">No change is known: it was made before there was a history.</p>;
  const seen = new Set<number>([generation]);
  const way = (change: HistoryEntry) => {
    if (change.inForce !== true || seen.has(change.generation)) return '';
    seen.add(change.generation);
    return (
      <button type="button" class="plain" onClick={() => goBack(change.generation)}>
        Go back to plan {change.generation}
      </button>
    );
  };
  return (
    <>
      <ActionOutcome {...action} />
      <Table
        caption="Changes, the newest first"
        columns={[
          { label: 'Time', short: true },
          { label: 'What' },
          { label: 'By' },
          { label: 'Plan', numeric: true },
          { label: 'Details' },
          { label: 'Way back' },
        ]}
        rows={data.changes.map((change) => ({
          key: change.id,
          cells: [time(change.at), change.action, who(change), change.generation, <Details key="details" change={change} />, way(change)],
        }))}
      />
      {back !== undefined && (
        <RollbackDialog
          connector={name}
          generation={back}
          onClose={() => goBack(undefined)}
          onRollback={(work) =>
            void action.run('Go back', async () => {
              const text = await work();
              await Promise.all([refresh(), reload()]);
              return text;
            })
          }
        />
      )}
    </>
  );
}

const who = ({ actor: { name, claimed } }: HistoryEntry): string =>
  name === undefined ? 'an event or a schedule' : claimed ? `${name} (as it says)` : name;

const Details = ({ change }: { readonly change: HistoryEntry }) => (
  <ul class="results">
    {changeLines(change).map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);
