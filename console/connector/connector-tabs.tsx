import { PlaceLink } from '../parts/place-link.tsx';
import type { ConnectorPlace, Tab } from '../state/place.ts';

export const TAB_TITLES: Readonly<Partial<Record<Tab, string>>> = {
  overview: 'Overview',
  runs: 'Runs',
};

export function ConnectorTabs({ place }: { readonly place: ConnectorPlace }) {
  return (
    <nav class="tabs" aria-label={`Views of ${place.name}`}>
      {Object.entries(TAB_TITLES).map(([tab, title]) => (
        <PlaceLink key={tab} to={{ ...place, tab: tab as Tab }} current={tab === place.tab}>
          {title}
        </PlaceLink>
      ))}
    </nav>
  );
}
