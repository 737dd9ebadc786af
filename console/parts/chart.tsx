import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { tick } from '../format/times.ts';

interface Props {
  readonly title: string;
  /** What the chart says, in words. */
  readonly summary: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly values: ReadonlyArray<number | null>;
}

const HEIGHT = 170;

/** A line over time, in the colours of the page. */
export function Chart({ title, summary, times, values }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    let plot = draw(current, times, values);
    const again = () => {
      plot.destroy();
      plot = draw(current, times, values);
    };
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', again);
    const observer = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height: HEIGHT }));
    observer.observe(current);
    return () => {
      scheme.removeEventListener('change', again);
      observer.disconnect();
      plot.destroy();
    };
  }, [times, values]);
  return (
    <figure>
      <figcaption>
        {title}: {summary}
      </figcaption>
      <div class="chart" ref={box} aria-hidden="true" />
    </figure>
  );
}

function draw(box: HTMLElement, times: readonly number[], values: ReadonlyArray<number | null>): UPlot {
  const style = getComputedStyle(box);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 } };
  const range = ((times.at(-1) ?? 0) - (times[0] ?? 0)) * 1_000;
  return new UPlot(
    {
      width: box.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
      axes: [
        { ...axis, space: 80, values: (_, ticks) => ticks.map((at) => tick(at * 1_000, range)) },
        { ...axis, size: 62, values: (_, ticks) => ticks.map((tick) => tick.toLocaleString('en')) },
      ],
      series: [{}, { stroke: color('--accent'), fill: color('--accent-soft'), width: 1.5, points: { show: false } }],
    },
    [[...times], [...values]],
    box,
  );
}
