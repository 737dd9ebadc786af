import type { ShownConnector } from '../../src/console/answers.ts';
import type { Tab } from '../state/place.ts';
import { OverviewTab } from './overview-tab.tsx';
import { RunsTab } from './runs-tab.tsx';

export interface TabProps {
  readonly connector: ShownConnector;
  /** Asks for the connector anew. */
  readonly refresh: () => Promise<void>;
}

export function TabContent({ tab, ...props }: TabProps & { readonly tab: Tab }) {
  switch (tab) {
    case 'runs':
      return <RunsTab {...props} />;
    default:
      return <OverviewTab {...props} />;
  }
}
