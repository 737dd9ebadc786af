import { useId, useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';

interface Props {
  readonly partition: string;
  readonly position: string | undefined;
  /** null lets the partition start over. */
  readonly onPosition: (position: string | null) => void;
  readonly onClose: () => void;
}

/** Asks where one partition goes on. */
export function PositionDialog({ partition, position, onPosition, onClose }: Props) {
  const [text, setText] = useState(position ?? '');
  const id = useId();
  const set = (value: string | null) => {
    onPosition(value);
    onClose();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    set(text.trim());
  };
  return (
    <Dialog title={`Position of ${partition}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          The next run goes on here. A smaller position brings records again, a larger one passes over some. Other partitions stay where
          they are.
        </p>
        <label for={id}>Position</label>
        <input id={id} value={text} spellcheck={false} autocomplete="off" onInput={({ currentTarget }) => setText(currentTarget.value)} />
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="danger" onClick={() => set(null)}>
            Start over
          </button>
          <button type="submit" class="primary" disabled={text.trim() === '' || text.trim() === position}>
            Set position
          </button>
        </div>
      </form>
    </Dialog>
  );
}
