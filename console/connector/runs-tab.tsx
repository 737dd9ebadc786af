import type { PricedRun, Runs } from '../../src/console/answers.ts';
import { pathOf } from '../data/api.ts';
import { usePolled } from '../data/use-polled.ts';
import { bytes, dollars, number } from '../format/numbers.ts';
import { OUTCOMES } from '../format/states.ts';
import { span, time } from '../format/times.ts';
import { useAbout } from '../parts/about-context.ts';
import { Table } from '../parts/table.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { RunCharts } from './run-charts.tsx';
import type { TabProps } from './tab-content.tsx';

/** What the runs did. */
export function RunsTab({ connector: { name } }: TabProps) {
  const { data, error } = usePolled<Runs>(`/api${pathOf(name, '/runs')}`);
  const local = useAbout()?.target === 'local';
  if (error && data === undefined) return <Trouble text={error.message} />;
  if (data === undefined) return <p class="quiet">Loading …</p>;
  if (data.runs.length === 0) return <p class="quiet">No run of the last 30 days copied anything or failed.</p>;
  return (
    <>
      <RunCharts runs={data.runs} />
      <p class="quiet">
        Runs of the last 30 days that copied something or failed, the newest first.
        {local && ' The cost is what they would have cost on AWS.'}
      </p>
      <Table
        caption="Runs"
        columns={[
          { label: 'Ended', short: true },
          { label: 'Task', numeric: true },
          { label: 'Started by' },
          { label: 'Records', numeric: true },
          { label: 'Size', numeric: true },
          { label: 'Time', numeric: true },
          { label: 'Left', numeric: true },
          { label: 'Cost', numeric: true },
          { label: 'Outcome' },
        ]}
        rows={data.runs.map((run) => ({ key: `${run.task}@${run.startedAt}`, cells: cellsOf(run) }))}
      />
    </>
  );
}

const cellsOf = (run: PricedRun) => [
  time(run.endedAt),
  run.task,
  run.startedBy ?? '',
  number(run.records),
  bytes(run.bytes),
  span(run.endedAt - run.startedAt),
  run.lagRecords === undefined ? '' : number(run.lagRecords),
  run.dollars === undefined ? '' : dollars(run.dollars),
  <Outcome key="outcome" run={run} />,
];

function Outcome({ run: { outcome, error, deadLetters, stopped = [] } }: { readonly run: PricedRun }) {
  const lines =
    error === undefined
      ? stopped.map(({ partition, code, message }) => `${partition}: ${code}: ${message}`)
      : [`${error.code}: ${error.message}`];
  return (
    <>
      <span class={outcome === 'failed' ? 'bad-text' : undefined}>{OUTCOMES[outcome] ?? outcome}</span>
      {deadLetters > 0 && `, ${number(deadLetters)} dead letters`}
      {lines.map((line) => (
        <span key={line} class="reason">
          {line}
        </span>
      ))}
    </>
  );
}
