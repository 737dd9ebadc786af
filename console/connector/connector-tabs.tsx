import { PlaceLink } from '../parts/place-link.tsx';
import { type ConnectorPlace, TABS, type Tab } from '../state/place.ts';

const TITLES: Readonly<Record<Tab, string>> = {
  overview: 'Overview',
  runs: 'Runs',
  positions: 'Positions',
  configuration: 'Configuration',
  history: 'History',
  'dead-letters': 'Dead letters',
  cost: 'Cost',
};

export function ConnectorTabs({ place }: { readonly place: ConnectorPlace }) {
  return (
    <nav class="tabs" aria-label={`Views of ${place.name}`}>
      {TABS.map((tab) => (
        <PlaceLink key={tab} to={{ ...place, tab }} current={tab === place.tab}>
          {TITLES[tab]}
        </PlaceLink>
      ))}
    </nav>
  );
}
