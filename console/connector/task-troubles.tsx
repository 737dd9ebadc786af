import type { ShownConnector } from '../../src/console/answers.ts';
import { counted } from '../format/numbers.ts';
import { Trouble } from '../parts/trouble.tsx';
import { troublesOf } from './troubles-of.ts';

const SHOWN = 5;

/** What is wrong with the tasks, each in full with its remedy. It changes with the time, so that readers would be interrupted if it were live. */
export function TaskTroubles({ connector: { taskStatus, reason, at } }: { readonly connector: ShownConnector }) {
  const troubles = troublesOf(taskStatus, at).map(({ key, text }) => <Trouble key={key} text={text} live={false} />);
  if (troubles.length === 0) return reason === undefined ? null : <Trouble text={reason} live={false} />;
  return (
    <section aria-label="What is wrong">
      {troubles.slice(0, SHOWN)}
      {troubles.length > SHOWN && (
        <details>
          <summary>{counted(troubles.length - SHOWN, 'more problem')}</summary>
          {troubles.slice(SHOWN)}
        </details>
      )}
    </section>
  );
}
