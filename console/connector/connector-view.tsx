import type { ShownConnector } from '../../src/console/answers.ts';
import { pathOf } from '../data/api.ts';
import { usePolled } from '../data/use-polled.ts';
import { CONNECTOR_STATES } from '../format/states.ts';
import { PlaceLink } from '../parts/place-link.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { type ConnectorPlace, HOME } from '../state/place.ts';
import { ConnectorActions } from './connector-actions.tsx';
import { ConnectorTabs } from './connector-tabs.tsx';
import { TabContent } from './tab-content.tsx';

/** One connector. */
export function ConnectorView({ place }: { readonly place: ConnectorPlace }) {
  const { name, tab } = place;
  const { data: connector, error, refresh } = usePolled<ShownConnector>(`/api${pathOf(name)}`);
  return (
    <>
      <p class="crumb">
        <PlaceLink to={HOME}>Connectors</PlaceLink>
      </p>
      <div class="title">
        <h1>{name}</h1>
        {connector && <StateMark state={CONNECTOR_STATES[connector.state]} />}
        {connector && <span class="quiet">{connector.type}</span>}
      </div>
      {error && <Trouble text={error.message} />}
      {connector === undefined && !error && <p class="quiet">Loading …</p>}
      {connector && (
        <>
          <p class="meaning">
            {CONNECTOR_STATES[connector.state].means}
            {connector.planPending && ' A plan was started and has not taken effect: apply the configuration again.'}
          </p>
          <ConnectorActions connector={connector} refresh={refresh} />
          <ConnectorTabs place={place} />
          <TabContent tab={tab} connector={connector} refresh={refresh} />
        </>
      )}
    </>
  );
}
