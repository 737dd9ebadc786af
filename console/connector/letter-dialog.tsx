import type { DeadLetter, ShownLetter } from '../../src/runtime/planner-api.ts';
import { pathOf } from '../data/api.ts';
import { usePolled } from '../data/use-polled.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Facts } from '../parts/facts.tsx';
import { Trouble } from '../parts/trouble.tsx';

interface Props {
  readonly connector: string;
  readonly letter: DeadLetter;
  readonly onClose: () => void;
}

/** One dead letter whole: why it is one, and its record. */
export function LetterDialog({ connector, letter: { place, code, reason, causes = [], record, topic }, onClose }: Props) {
  const { data, error } = usePolled<ShownLetter>(`/api${pathOf(connector, `/dead-letters/${encodeURIComponent(place)}`)}`, true);
  return (
    <Dialog title={`Dead letter ${place}`} onClose={onClose}>
      <p>
        <b>{code}</b> {reason}
      </p>
      {causes.map((cause) => (
        <p key={cause} class="quiet">
          caused by {cause}
        </p>
      ))}
      <Facts
        facts={[
          ['Record', record ?? 'not known'],
          ['Topic', topic ?? 'not known'],
        ]}
      />
      {error && <Trouble text={error.message} />}
      {data && <pre class="file">{JSON.stringify(data.message, null, 2)}</pre>}
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
