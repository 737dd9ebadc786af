import { useId, useState } from 'preact/hooks';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';

interface Props {
  readonly onTables: (tables: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Asks which tables of a database to copy once more. */
export function SnapshotDialog({ onTables, onClose }: Props) {
  const [text, setText] = useState('');
  const id = useId();
  const tables = text.split(/[\s,]+/).filter((table) => table !== '');
  return (
    <ConfirmDialog
      title="Copy tables again"
      action="Copy"
      disabled={tables.length === 0}
      onConfirm={() => onTables(tables)}
      onClose={onClose}
    >
      <p>The next runs copy all rows of these tables once more, besides the changes that they copy anyhow.</p>
      <label for={id}>Tables, as database.table, with commas between them</label>
      <input id={id} value={text} placeholder="shop.orders, shop.customers" onInput={({ currentTarget }) => setText(currentTarget.value)} />
    </ConfirmDialog>
  );
}
