import { useEffect, useState } from 'preact/hooks';
import type { Planned, ShownFile } from '../../src/console/answers.ts';
import { call, pathOf } from '../data/api.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { PlanReview } from '../parts/plan-review.tsx';
import { ProblemList } from '../parts/problem-list.tsx';
import { Trouble } from '../parts/trouble.tsx';

interface Props {
  readonly connector: string;
  readonly generation: number;
  readonly onRollback: (work: () => Promise<string>) => void;
  readonly onClose: () => void;
}

/** Shows what a way back to an earlier plan would change, and goes it. */
export function RollbackDialog({ connector, generation, onRollback, onClose }: Props) {
  const [planned, setPlanned] = useState<Planned | Error>();
  const path = `/api${pathOf(connector, '/rollback')}`;
  const [revision, setRevision] = useState<string>();
  useEffect(() => {
    const look = async () => {
      // First: what somebody changes after that is not undone, because the way back is refused then.
      const file = await call<ShownFile>('GET', `/api${pathOf(connector, '/file')}`);
      setRevision(file.revision);
      return call<Planned>('POST', path, { generation, dryRun: true });
    };
    look().then(setPlanned, setPlanned);
  }, [path, connector, generation]);
  const rollback = async () => {
    const answer = await call<Planned>('POST', path, { generation, ...(revision !== undefined && { revision }) });
    if (!answer.ok) throw new Error(answer.problems.map(({ message, remedy }) => `${message}; ${remedy ?? ''}`).join('\n'));
    return `plan ${answer.plan.generation} is in force, with the configuration of plan ${generation}`;
  };
  const accepted = planned !== undefined && 'ok' in planned && planned.ok ? planned : undefined;
  return (
    <ConfirmDialog
      title={`Go back to plan ${generation}?`}
      action="Go back"
      disabled={!accepted?.plan.changed}
      onConfirm={() => onRollback(rollback)}
      onClose={onClose}
    >
      {planned === undefined && <p class="quiet">Finding out what would change …</p>}
      {planned instanceof Error && <Trouble text={planned.message} />}
      {planned !== undefined && 'ok' in planned && !planned.ok && <ProblemList problems={planned.problems} />}
      {accepted && <PlanReview planned={accepted} />}
      <p>
        <a href={`/api${pathOf(connector, `/file?generation=${generation}&download=1`)}`} download={`${connector}.yml`}>
          Download the file of plan {generation}
        </a>
      </p>
    </ConfirmDialog>
  );
}
