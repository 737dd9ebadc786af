import { useState } from 'preact/hooks';
import { type LettersDone, MOST_CHOSEN } from '../../src/console/answers.ts';
import type { DeadLetter } from '../../src/runtime/planner-api.ts';
import { call, pathOf } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { counted, number } from '../format/numbers.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { LetterDialog } from './letter-dialog.tsx';
import { LetterTable } from './letter-table.tsx';
import type { TabProps } from './tab-content.tsx';
import { useLetters } from './use-letters.ts';

const WORDS = {
  redrive: {
    title: 'Redrive',
    done: 'sent once more',
    text: 'They go through the connector once more. They may overwrite newer records of the same keys.',
  },
  drop: {
    title: 'Drop',
    done: 'marked as done with',
    text: 'They count as done with. They stay in their topic until RocketMQ removes them.',
  },
} as const;

/** Records that could not be copied, and what to do with them. */
export function LettersTab({ connector: { name } }: TabProps) {
  const { topic, letters, looked, gone, left, error, busy, more, reload } = useLetters(name);
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [asking, ask] = useState<keyof typeof WORDS>();
  const [shown, show] = useState<DeadLetter>();
  const action = useAction();
  const tooMany = chosen.size > MOST_CHOSEN;
  const off = chosen.size === 0 || tooMany || action.busy !== undefined;
  const work = async (what: keyof typeof WORDS) => {
    await action.run(WORDS[what].title, async () => {
      const { done, settled, failures } = await call<LettersDone>('POST', `/api${pathOf(name, `/dead-letters/${what}`)}`, {
        topic,
        places: [...chosen],
      });
      const [first] = failures;
      if (first !== undefined) {
        throw new Error(
          `${done > 0 ? `${number(done)} ${WORDS[what].done}, and ` : ''}${counted(failures.length, 'dead letter stays', 'dead letters stay')} as before: ${first.code}: ${first.message}; ${first.remedy ?? ''}`,
        );
      }
      return `${counted(done, 'dead letter is', 'dead letters are')} ${WORDS[what].done}${settled > 0 ? `, and ${number(settled)} had been before` : ''}`;
    });
    choose(new Set());
    reload();
  };
  return (
    <>
      {error && <Trouble text={error} />}
      <ActionOutcome {...action} />
      {topic === undefined && !busy && !error && (
        <p>
          This connector has no dead letters: at a record that can't be copied, its partition stands still. With{' '}
          <code>errors.tolerance: dead-letter</code> and <code>errors.deadLetterTopic</code> in its configuration, such records go to a
          topic of their own, and the others go on.
        </p>
      )}
      {topic !== undefined && (
        <p class="quiet">
          {counted(looked, 'message')} of topic {topic} looked at{left > 0 ? `, ${number(left)} to go` : ''}.
          {gone > 0 && ` RocketMQ has removed ${number(gone)} older messages.`}
        </p>
      )}
      {topic !== undefined && letters.length === 0 && left === 0 && (
        <p>{gone === 0 ? 'There are no dead letters: every record could be copied.' : 'No dead letter is left in the topic.'}</p>
      )}
      {letters.length > 0 && (
        <>
          <div class="buttons">
            <ActionButton kind="primary" off={off} onPress={() => ask('redrive')}>
              Redrive the {number(chosen.size)} chosen
            </ActionButton>
            <ActionButton kind="danger" off={off} onPress={() => ask('drop')}>
              Drop the {number(chosen.size)} chosen
            </ActionButton>
          </div>
          {tooMany && <p class="warn-text">At most {number(MOST_CHOSEN)} can be redriven or dropped at once. Choose fewer.</p>}
          <LetterTable letters={letters} chosen={chosen} onChosen={choose} onShow={show} />
        </>
      )}
      {busy && <p class="quiet">Looking through the topic …</p>}
      {more !== undefined && (
        <button type="button" onClick={more}>
          Look further
        </button>
      )}
      {asking !== undefined && (
        <ConfirmDialog
          title={`${WORDS[asking].title} ${counted(chosen.size, 'dead letter')}?`}
          action={WORDS[asking].title}
          danger={asking === 'drop'}
          onConfirm={() => void work(asking)}
          onClose={() => ask(undefined)}
        >
          <p>{WORDS[asking].text}</p>
        </ConfirmDialog>
      )}
      {shown && <LetterDialog connector={name} letter={shown} onClose={() => show(undefined)} />}
    </>
  );
}
