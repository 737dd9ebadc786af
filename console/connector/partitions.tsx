import type { TaskStatus } from '../../src/runtime/planner-api.ts';
import { counted } from '../format/numbers.ts';

const SHOWN = 4;

/** The partitions of a task with their positions: those first from which something was copied. */
export function Partitions({ task: { partitions, positions, lastRun } }: { readonly task: TaskStatus }) {
  const still = new Set((lastRun?.stopped ?? []).map(({ partition }) => partition));
  const ordered = partitions.toSorted((a, b) => Number(positions[b] !== undefined) - Number(positions[a] !== undefined));
  const line = (name: string) => (
    <li key={name}>
      <code>{name}</code> <span class="position">{positions[name] ?? 'never read'}</span>
      {still.has(name) && <span class="warn-text"> stands still</span>}
    </li>
  );
  return (
    <>
      <ul class="partitions">{ordered.slice(0, SHOWN).map(line)}</ul>
      {ordered.length > SHOWN && (
        <details>
          <summary>{counted(ordered.length - SHOWN, 'more partition', 'more partitions')}</summary>
          <ul class="partitions">{ordered.slice(SHOWN).map(line)}</ul>
        </details>
      )}
    </>
  );
}
