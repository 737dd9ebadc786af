import type { About } from '../src/console/answers.ts';
import { ConnectorView } from './connector/connector-view.tsx';
import { usePolled } from './data/use-polled.ts';
import { NewView } from './editor/new-view.tsx';
import { ListView } from './list/list-view.tsx';
import { AboutContext } from './parts/about-context.ts';
import { PageHeader } from './parts/page-header.tsx';
import { Trouble } from './parts/trouble.tsx';
import type { Place } from './state/place.ts';
import { useAnnouncedView } from './state/use-announced-view.ts';
import { NavigationContext, usePlaceOfAddress } from './state/use-place.ts';

export function App() {
  const navigation = usePlaceOfAddress();
  const { data: about, error } = usePolled<About>('/api/about', true);
  const main = useAnnouncedView(navigation.place);
  return (
    <NavigationContext.Provider value={navigation}>
      <AboutContext.Provider value={about}>
        <PageHeader />
        <main id="main" ref={main} tabIndex={-1}>
          {error !== undefined && about === undefined ? <Trouble text={error.message} /> : <View place={navigation.place} />}
        </main>
      </AboutContext.Provider>
    </NavigationContext.Provider>
  );
}

function View({ place }: { readonly place: Place }) {
  switch (place.view) {
    case 'connector':
      return <ConnectorView key={place.name} place={place} />;
    case 'new':
      return <NewView place={place} />;
    case 'list':
      return <ListView place={place} />;
  }
}
