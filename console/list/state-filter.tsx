import type { ListedConnector } from '../../src/console/answers.ts';
import { CONNECTOR_STATES } from '../format/states.ts';
import { StateMark } from '../parts/state-mark.tsx';
import type { ListPlace } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { countsByState } from './sorting.ts';

interface Props {
  readonly connectors: readonly ListedConnector[];
  readonly place: ListPlace;
}

/** How many connectors are in each state. A press shows these alone. */
export function StateFilter({ connectors, place }: Props) {
  const { go } = useNavigation();
  const toggle = (state: string) => {
    const states = place.states.includes(state) ? place.states.filter((each) => each !== state) : [...place.states, state];
    go({ ...place, states }, true);
  };
  return (
    <fieldset class="counts">
      <legend class="unseen">Show connectors by state</legend>
      <button type="button" aria-pressed={place.states.length === 0} onClick={() => go({ ...place, states: [] }, true)}>
        All <b>{connectors.length}</b>
      </button>
      {countsByState(connectors).map(([state, count]) => (
        <button key={state} type="button" aria-pressed={place.states.includes(state)} onClick={() => toggle(state)}>
          <StateMark state={CONNECTOR_STATES[state]} /> <b>{count}</b>
        </button>
      ))}
    </fieldset>
  );
}
