import type { ConnectorCost } from '../../cost/connector-costs.ts';
import { PARTS } from '../../cost/cost.ts';
import { number } from './numbers.ts';
import { renderTable } from './table.ts';

/** Returns dollars such as `1,234.50`, `0.05`, `0.0000061`: two places, or two digits of what is less than a cent. */
export function dollars(value: number): string {
  if (value === 0) return '0';
  if (value >= 0.00995) return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return value.toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 20, roundingPriority: 'lessPrecision' });
}

const TITLES = { dynamodb: 'DynamoDB', sqs: 'SQS', scheduler: 'Scheduler' } as const;

/** Returns a row for each connector: its runs, and what they cost by part and in all. */
export function renderCosts(costs: readonly ConnectorCost[]): string {
  const head = ['connector', 'runs', ...PARTS.map((part) => (part in TITLES ? TITLES[part as keyof typeof TITLES] : part)), 'all, $'];
  const row = (name: string, invocations: number, cells: readonly number[]) => [
    name,
    number(Math.round(invocations)),
    ...cells.map(dollars),
  ];
  const rows = costs.map(({ connector, usage, parts, dollars: all }) =>
    row(connector, usage.invocations, [...PARTS.map((part) => parts[part]), all]),
  );
  if (costs.length < 2) return renderTable(head, rows);
  const sum = (of: (cost: ConnectorCost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  const all = row(
    'all',
    sum(({ usage }) => usage.invocations),
    [...PARTS.map((part) => sum(({ parts }) => parts[part])), sum((cost) => cost.dollars)],
  );
  return renderTable(head, [...rows, all]);
}
