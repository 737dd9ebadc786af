import type { ShownConnector } from '../../src/console/answers.ts';
import type { Tab } from '../state/place.ts';
import { ConfigurationTab } from './configuration-tab.tsx';
import { CostTab } from './cost-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { LettersTab } from './letters-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PositionsTab } from './positions-tab.tsx';
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
    case 'positions':
      return <PositionsTab {...props} />;
    case 'configuration':
      return <ConfigurationTab {...props} />;
    case 'history':
      return <HistoryTab {...props} />;
    case 'dead-letters':
      return <LettersTab {...props} />;
    case 'cost':
      return <CostTab {...props} />;
    default:
      return <OverviewTab {...props} />;
  }
}
