/** The text formats that Prometheus and others read. */

/** OpenMetrics 1.0, or the text format of Prometheus 0.0.4, which node exporter's textfile collector and older tools read. */
export const FORMATS = ['openmetrics', 'prometheus'] as const;
export type Format = (typeof FORMATS)[number];

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all its series. */
export interface Family {
  /** Without `_total` and `_info`, which its samples end with. It ends with the unit where there is one. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'info' | 'unknown';
  /** A base unit: `seconds`, `bytes`. */
  readonly unit?: 'seconds' | 'bytes';
  readonly help: string;
  readonly samples: readonly Sample[];
}

const SUFFIX = { counter: '_total', info: '_info', gauge: '', unknown: '' } as const;

/** The text format of Prometheus has fewer types. */
const PROMETHEUS_TYPE = { counter: 'counter', info: 'gauge', gauge: 'gauge', unknown: 'untyped' } as const;

/** The content type of the text, for HTTP. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Returns the text with a line break, and with its end mark where the format has one. Families without samples are left out. */
export function exposition(families: readonly Family[], format: Format): string {
  const head = format === 'openmetrics' ? openmetricsHead : prometheusHead;
  const texts = families
    .filter(({ samples }) => samples.length > 0)
    .map((family) => [...head(family), ...samplesOf(family), ''].join('\n'));
  return `${texts.join('')}${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

const openmetricsHead = ({ name, type, unit, help }: Family): string[] => [
  `# TYPE ${name} ${type}`,
  ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
  `# HELP ${name} ${escaped(help)}`,
];

/** There a metric is called as its samples are, and help has quotation marks as they are. */
const prometheusHead = ({ name, type, help }: Family): string[] => [
  `# HELP ${name}${SUFFIX[type]} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name}${SUFFIX[type]} ${PROMETHEUS_TYPE[type]}`,
];

const samplesOf = ({ name, type, samples }: Family): string[] =>
  samples.map(({ labels, value }) => `${name}${SUFFIX[type]}${labelsText(labels)} ${numberText(value)}`);

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
