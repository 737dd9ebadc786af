import { useState } from 'preact/hooks';
import type { Altered } from '../../src/console/answers.ts';
import { call, pathOf } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { counted } from '../format/numbers.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Table } from '../parts/table.tsx';
import { PositionDialog } from './position-dialog.tsx';
import type { TabProps } from './tab-content.tsx';

interface Place {
  readonly partition: string;
  readonly task: number;
  readonly position?: string;
}

/** Where each partition is, and a way to set it elsewhere. */
export function PositionsTab({ connector, refresh }: TabProps) {
  const { name, desired, taskStatus } = connector;
  const action = useAction();
  const [editing, edit] = useState<Place>();
  const [resetting, reset] = useState(false);
  const stopped = desired === 'STOPPED';
  const places = taskStatus
    .flatMap(({ task, partitions, positions }): Place[] =>
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
    await refresh();
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
          ...(stopped ? [{ label: 'Change' }] : []),
        ]}
        rows={places.map((place) => ({
          key: place.partition,
          cells: [
            <code key="partition">{place.partition}</code>,
            place.task,
            place.position === undefined ? <span class="quiet">never read</span> : <code>{place.position}</code>,
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
