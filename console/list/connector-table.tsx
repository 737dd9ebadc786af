import type { ListedConnector } from '../../src/console/answers.ts';
import { counted, number } from '../format/numbers.ts';
import { startsText } from '../format/starts.ts';
import { CONNECTOR_STATES } from '../format/states.ts';
import { ago, span, time } from '../format/times.ts';
import { PlaceLink } from '../parts/place-link.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { type Column, Table } from '../parts/table.tsx';
import type { ListPlace, Sort } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { SORT_TITLES } from './sorting.ts';

interface Props {
  readonly connectors: readonly ListedConnector[];
  /** When they were read, ms since 1970. */
  readonly at: number;
  readonly place: ListPlace;
}

export function ConnectorTable({ connectors, at, place }: Props) {
  const { go } = useNavigation();
  const by = (sort: Sort, direction: 'ascending' | 'descending', numeric = false): Column => ({
    label: SORT_TITLES[sort],
    numeric,
    sort: { active: place.sort === sort, direction, choose: () => go({ ...place, sort }, true) },
  });
  return (
    <Table
      caption="Connectors"
      columns={[
        by('urgency', 'ascending'),
        by('name', 'ascending'),
        { label: 'Type', short: true },
        { label: 'Tasks', numeric: true },
        by('lag', 'descending', true),
        by('age', 'ascending', true),
        { label: 'Starts', short: true },
      ]}
      rows={connectors.map((connector) => ({ key: connector.name, cells: cellsOf(connector, at) }))}
    />
  );
}

const cellsOf = (connector: ListedConnector, at: number) => [
  <StateMark key="state" state={CONNECTOR_STATES[connector.state]} />,
  <NameCell key="name" connector={connector} />,
  connector.type,
  tasksOf(connector),
  lagOf(connector),
  connector.lastRecordAt === undefined ? <span class="quiet">none yet</span> : ago(at - connector.lastRecordAt),
  startsOf(connector),
];

function NameCell({ connector: { name, reason, planPending } }: { readonly connector: ListedConnector }) {
  return (
    <>
      <PlaceLink to={{ view: 'connector', name, tab: 'overview' }}>{name}</PlaceLink>
      {planPending && <span class="reason">A plan was started and has not taken effect. Apply its configuration again.</span>}
      {reason && <span class="reason">{reason.split('\n', 1)[0]}</span>}
    </>
  );
}

function tasksOf({ tasks, taskStates }: ListedConnector): string {
  const failed = (taskStates.FAILED ?? 0) + (taskStates.RETRYING ?? 0);
  return failed === 0 ? number(tasks) : `${number(failed)} of ${number(tasks)} failed`;
}

/** Nothing left is 0. What no task knows is nothing. */
export function lagOf({ lagRecords, lagMs }: Pick<ListedConnector, 'lagRecords' | 'lagMs'>) {
  if (lagRecords !== undefined && lagRecords > 0) return counted(lagRecords, 'record');
  if (lagMs !== undefined && lagMs > 0) return span(lagMs);
  return lagRecords === undefined && lagMs === undefined ? <span class="quiet">not known</span> : '0';
}

function startsOf(connector: ListedConnector) {
  const { nextStart, desired } = connector;
  const starts = startsText(connector);
  if (desired !== 'RUNNING') return <span class="quiet">not now</span>;
  if (starts === undefined) return <span class="quiet">by hand or event</span>;
  return <span title={nextStart === undefined ? undefined : `next at ${time(nextStart)}`}>{starts}</span>;
}
