import { useMemo } from 'preact/hooks';
import type { PricedRun } from '../../src/console/answers.ts';
import { number } from '../format/numbers.ts';
import { Chart } from '../parts/chart.tsx';
import { seriesOf } from './chart-series.ts';

/** Throughput and lag over the time of these runs. */
export function RunCharts({ runs }: { readonly runs: readonly PricedRun[] }) {
  const { times, throughput, lag } = useMemo(() => seriesOf(runs), [runs]);
  const known = lag.filter((each) => each !== null);
  return (
    <div class="charts">
      <Chart
        title="Records a second"
        summary={`at most ${number(Math.round(Math.max(...throughput)))}`}
        times={times}
        values={throughput}
      />
      {known.length > 0 && (
        <Chart
          title="Left to copy, in records"
          summary={`now ${number(known.at(-1) ?? 0)}, at most ${number(Math.max(...known))}`}
          times={times}
          values={lag}
        />
      )}
    </div>
  );
}
