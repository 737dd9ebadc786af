import { useState } from 'preact/hooks';
import { call, pathOf } from '../data/api.ts';
import { CHANGES, type ChangeName } from '../data/changes.ts';
import { useAction } from '../data/use-action.ts';
import { useAbout } from '../parts/about-context.ts';
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
    <button
      key={label}
      type="button"
      class={index === 0 ? 'primary' : undefined}
      disabled={action.busy !== undefined}
      onClick={() => void perform(label, () => CHANGES[label](name))}
    >
      {label}
    </button>
  );
  return (
    <>
      <div class="buttons">
        {actionsFor(connector).map(button)}
        {type === 'mysql-source' && (
          <button type="button" disabled={action.busy !== undefined} onClick={() => ask('snapshot')}>
            Copy tables again
          </button>
        )}
        <button type="button" class="danger" disabled={action.busy !== undefined} onClick={() => ask('delete')}>
          Delete
        </button>
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
