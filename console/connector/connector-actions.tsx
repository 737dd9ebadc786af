import { useState } from 'preact/hooks';
import { call, pathOf } from '../data/api.ts';
import { CHANGES, type ChangeName } from '../data/changes.ts';
import { useAction } from '../data/use-action.ts';
import { useAbout } from '../parts/about-context.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { HOME } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { actionsFor } from './actions-for.ts';
import { SnapshotDialog } from './snapshot-dialog.tsx';
import type { TabProps } from './tab-content.tsx';

/** What can be done with a connector in its state, and what came of the last action. */
export function ConnectorActions({ connector, refresh }: TabProps) {
  const { name, type, desired } = connector;
  const local = useAbout()?.target === 'local';
  const action = useAction();
  const busy = action.busy !== undefined;
  const { go } = useNavigation();
  const [asking, ask] = useState<'delete' | 'snapshot'>();
  const perform = async (label: string, work: () => Promise<string>) => {
    const went = await action.run(label, work);
    await refresh();
    return went;
  };
  const remove = async () => {
    const gone = await action.run('Delete', async () => {
      await call('DELETE', pathOf(name));
      return `${name} is deleted`;
    });
    if (gone) go(HOME);
  };
  const button = (label: ChangeName, index: number) => (
    <ActionButton
      key={label}
      kind={index === 0 ? 'primary' : undefined}
      off={busy}
      onPress={() => void perform(label, () => CHANGES[label](name))}
    >
      {label}
    </ActionButton>
  );
  return (
    <>
      <div class="buttons">
        {actionsFor(connector).map(button)}
        {type === 'mysql-source' && (
          <ActionButton off={busy} onPress={() => ask('snapshot')}>
            Copy tables again
          </ActionButton>
        )}
        <ActionButton kind="danger" off={busy} onPress={() => ask('delete')}>
          Delete
        </ActionButton>
      </div>
      {local && desired === 'RUNNING' && (
        <p class="quiet">
          On this machine, schedules and restarts take effect while <code>rocketmq-connect dev</code> runs. “Run now” copies in any case.
        </p>
      )}
      <ActionOutcome {...action} />
      {asking === 'delete' && (
        <ConfirmDialog title={`Delete ${name}?`} action="Delete" danger onConfirm={() => void remove()} onClose={() => ask(undefined)}>
          <p>Its tasks, its schedule and its positions go. What it copied stays. A connector of the same name starts from the beginning.</p>
        </ConfirmDialog>
      )}
      {asking === 'snapshot' && (
        <SnapshotDialog
          onTables={(tables) =>
            void perform('Copy tables again', async () => {
              await call('POST', `/api${pathOf(name, '/snapshot')}`, { tables });
              return `the next runs copy all rows of ${tables.join(', ')} once more`;
            })
          }
          onClose={() => ask(undefined)}
        />
      )}
    </>
  );
}
