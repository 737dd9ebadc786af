import { useState } from 'preact/hooks';
import type { Altered } from '../../src/console/answers.ts';
import type { OffsetsResult, PartitionOffset } from '../../src/runtime/planner-api.ts';
import { call, pathOf } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { type Polled, usePolled } from '../data/use-polled.ts';
import { counted } from '../format/numbers.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Table } from '../parts/table.tsx';
import { PositionDialog } from './position-dialog.tsx';
import type { TabProps } from './tab-content.tsx';

/** Where each partition is, how many records are behind that, and a way to set it elsewhere. */
export function PositionsTab({ connector, refresh }: TabProps) {
  const { name, desired, taskStatus } = connector;
  const action = useAction();
  const [editing, edit] = useState<PartitionOffset>();
  const [resetting, reset] = useState(false);
  // The system is asked when the page opens and when somebody wants it: each answer takes connections to it.
  const asked = usePolled<OffsetsResult>(`/api${pathOf(name, '/offsets')}`, true);
  const lags = new Map(asked.data?.offsets.map(({ partition, lag }) => [partition, lag]));
  const stopped = desired === 'STOPPED';
  const places = taskStatus
    .flatMap(({ task, partitions, positions }): PartitionOffset[] =>
      partitions.map((partition) => ({ partition, task, ...(positions[partition] !== undefined && { position: positions[partition] }) })),
    )
    .sort((a, b) => a.partition.localeCompare(b.partition, 'en', { numeric: true }));
  const alter = async (offsets?: Readonly<Record<string, string | null>>) => {
    await action.run('Set positions', async () => {
      const body = offsets === undefined ? {} : { offsets };
      const { altered } = await call<Altered>('PATCH', `/api${pathOf(name, '/offsets')}`, body);
      if (altered.length === 0) return 'nothing was changed: the positions are these already';
      const [first] = altered;
      if (first !== undefined && altered.length === 1) {
        return `${first.partition} is set from ${first.before ?? 'never read'} to ${first.after ?? 'the start that the configuration names'}`;
      }
      return `${counted(altered.length, 'partition')} start over`;
    });
    await Promise.all([refresh(), asked.refresh()]);
  };
  return (
    <>
      {stopped ? (
        <div class="buttons">
          <ActionButton kind="danger" off={action.busy !== undefined} onPress={() => reset(true)}>
            Start all over
          </ActionButton>
        </div>
      ) : (
        <p class="note">Positions can only be changed while the connector is stopped. Stop it above, change them, and resume it.</p>
      )}
      <ActionOutcome {...action} />
      <Table
        caption="Positions"
        columns={[
          { label: 'Partition' },
          { label: 'Task', numeric: true },
          { label: 'Position' },
          { label: 'Lag', numeric: true },
          ...(stopped ? [{ label: 'Change' }] : []),
        ]}
        rows={places.map((place) => ({
          key: place.partition,
          cells: [
            <code key="partition">{place.partition}</code>,
            place.task,
            place.position === undefined ? <span class="quiet">never read</span> : <code>{place.position}</code>,
            lags.get(place.partition) ?? (
              <span class="quiet">{asked.data === undefined && asked.error === undefined ? '…' : 'unknown'}</span>
            ),
            ...(stopped
              ? [
                  <button key="set" type="button" class="plain" aria-label={`Set ${place.partition}`} onClick={() => edit(place)}>
                    Set
                  </button>,
                ]
              : []),
          ],
        }))}
      />
      <p class="note">
        {lagNote(asked)}{' '}
        <button type="button" class="plain" onClick={() => void asked.refresh()}>
          Ask again
        </button>
      </p>
      {editing && (
        <PositionDialog
          partition={editing.partition}
          position={editing.position}
          onPosition={(position) => void alter({ [editing.partition]: position })}
          onClose={() => edit(undefined)}
        />
      )}
      {resetting && (
        <ConfirmDialog
          title="Start all partitions over?"
          action="Start over"
          danger
          onConfirm={() => void alter()}
          onClose={() => reset(false)}
        >
          <p>All of {counted(places.length, 'partition')} start where the configuration says. Records may come again, or be passed over.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function lagNote({ data, error }: Polled<OffsetsResult>): string {
  if (error !== undefined) return `The lag is unknown: ${error.message}.`;
  if (data?.lagUnknown !== undefined) return `The lag is unknown: ${data.lagUnknown}.`;
  return 'The lag is the number of records behind the position, as the system said when this page was opened.';
}
