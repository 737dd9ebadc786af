import { MOST_CHOSEN } from '../../src/console/answers.ts';
import type { DeadLetter } from '../../src/runtime/planner-api.ts';
import { number } from '../format/numbers.ts';
import { Table } from '../parts/table.tsx';

interface Props {
  readonly letters: readonly DeadLetter[];
  /** Places. */
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
  readonly onShow: (letter: DeadLetter) => void;
}

export function LetterTable({ letters, chosen, onChosen, onShow }: Props) {
  const open = letters.filter(({ state }) => state === 'open');
  const first = open.slice(0, MOST_CHOSEN);
  const all = first.length > 0 && first.every(({ place }) => chosen.has(place));
  const toggle = (place: string) => {
    const next = new Set(chosen);
    if (!next.delete(place)) next.add(place);
    onChosen(next);
  };
  return (
    <>
      <label>
        <input type="checkbox" checked={all} onChange={() => onChosen(new Set(all ? [] : first.map(({ place }) => place)))} />{' '}
        {first.length < open.length ? `The first ${number(first.length)} open ones` : 'All open ones'}
      </label>
      <Table
        caption="Dead letters"
        columns={[{ label: 'Choose' }, { label: 'Time' }, { label: 'State' }, { label: 'Why' }, { label: 'Record' }, { label: 'Show' }]}
        rows={letters.map((letter) => ({
          key: letter.place,
          cells: [
            <input
              key="choose"
              type="checkbox"
              aria-label={`Choose ${letter.place}`}
              checked={chosen.has(letter.place)}
              disabled={letter.state === 'redriven'}
              onChange={() => toggle(letter.place)}
            />,
            letter.at.replace('T', ' ').slice(0, 19),
            letter.state,
            <span key="why">
              <b>{letter.code}</b> {letter.reason}
              {letter.hindrance && <span class="reason">It can't be redriven: {letter.hindrance}</span>}
            </span>,
            <code key="record">{letter.record ?? letter.place}</code>,
            <button key="show" type="button" class="plain" aria-label={`Show ${letter.place}`} onClick={() => onShow(letter)}>
              Show
            </button>,
          ],
        }))}
      />
    </>
  );
}
