import type { CostAnswer } from '../../src/console/answers.ts';
import { pathOf } from '../data/api.ts';
import { usePolled } from '../data/use-polled.ts';
import { counted, dollars, number } from '../format/numbers.ts';
import { useAbout } from '../parts/about-context.ts';
import { Table } from '../parts/table.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { TabProps } from './tab-content.tsx';

const PARTS = {
  looks: 'Looks: the watch function asks whether there is something to copy',
  duration: 'Time of the task function',
  requests: 'Invocations of the task function',
  dynamodb: 'DynamoDB: positions and leases',
  sqs: 'SQS: messages that start tasks',
  scheduler: 'EventBridge Scheduler, beyond what is free',
  logs: 'CloudWatch Logs',
} as const;

/** What the last 30 days cost. */
export function CostTab({ connector: { name } }: TabProps) {
  const { data, error } = usePolled<CostAnswer>(`/api${pathOf(name, '/cost')}`, true);
  const local = useAbout()?.target === 'local';
  if (error && data === undefined) return <Trouble text={error.message} />;
  if (data === undefined) return <p class="quiet">Loading …</p>;
  const { cost, days, region } = data;
  return (
    <>
      <p>
        <b class="sum">{dollars(cost.dollars)}</b> for {counted(Math.round(cost.usage.invocations), 'run')} and{' '}
        {number(Math.round(cost.looks))} looks in {days} days, at list prices of {region}.
      </p>
      {local && <p class="quiet">On this machine it cost nothing. On AWS it would have cost this much.</p>}
      <Table
        caption="Cost by part"
        columns={[{ label: 'Part' }, { label: 'Cost', numeric: true }]}
        rows={Object.entries(PARTS).map(([part, title]) => ({
          key: part,
          cells: [title, dollars(cost.parts[part as keyof typeof PARTS])],
        }))}
      />
    </>
  );
}
