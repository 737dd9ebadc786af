import type { ConnectorList } from '../../src/console/answers.ts';
import { usePolled } from '../data/use-polled.ts';
import { counted } from '../format/numbers.ts';
import { PlaceLink } from '../parts/place-link.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { ListPlace } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { BulkActions } from './bulk-actions.tsx';
import { ConnectorTable } from './connector-table.tsx';
import { NoConnectors } from './no-connectors.tsx';
import { SortChoice } from './sort-choice.tsx';
import { chosen } from './sorting.ts';
import { StateFilter } from './state-filter.tsx';

/** All connectors, those first that need somebody. */
export function ListView({ place }: { readonly place: ListPlace }) {
  const { go } = useNavigation();
  const { data, error, refresh } = usePolled<ConnectorList>('/api/connectors');
  const shown = chosen(data?.connectors ?? [], place);
  return (
    <>
      <div class="title">
        <h1>Connectors</h1>
        <span class="push">
          <PlaceLink to={{ view: 'new', type: '' }}>New connector</PlaceLink>
        </span>
      </div>
      {error && <Trouble text={error.message} />}
      {data === undefined && !error && <p class="quiet">Loading …</p>}
      {data?.connectors.length === 0 && <NoConnectors />}
      {data !== undefined && data.connectors.length > 0 && (
        <>
          <div class="filters">
            <StateFilter connectors={data.connectors} place={place} />
            <SortChoice place={place} />
            <label class="search">
              <span class="unseen">Name holds</span>
              <input
                type="search"
                placeholder="Filter by name"
                value={place.name}
                onInput={({ currentTarget }) => go({ ...place, name: currentTarget.value }, true)}
              />
            </label>
          </div>
          <BulkActions connectors={shown} refresh={refresh} />
          {shown.length === 0 ? (
            <p class="quiet">None of {counted(data.connectors.length, 'connector')} is in these states and has such a name.</p>
          ) : (
            <ConnectorTable connectors={shown} at={data.at} place={place} />
          )}
        </>
      )}
    </>
  );
}
