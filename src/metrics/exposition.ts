/**
 * Metrics as text: as OpenMetrics 1.0 has them, which Prometheus reads over HTTP, or in the older format of Prometheus, which is all that its
 * node exporter, its push gateway and `promtool check metrics` read.
 */
export type Format = 'openmetrics' | 'text';

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

/** What the older format calls the types. */
const TEXT_TYPE = { counter: 'counter', info: 'gauge', gauge: 'gauge', unknown: 'untyped' } as const;

/** The content types of the text, for HTTP. */
export const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Returns the text, with a line break at its end. Families without samples are left out. */
export function exposition(families: readonly Family[], format: Format): string {
  const texts = families.filter(({ samples }) => samples.length > 0).map((family) => familyText(family, format));
  return `${texts.join('')}${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

function familyText(family: Family, format: Format): string {
  const name = `${family.name}${SUFFIX[family.type]}`;
  const lines = family.samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${numberText(value)}`);
  return [...(format === 'openmetrics' ? openMetricsHead(family) : textHead(family, name)), ...lines, ''].join('\n');
}

const openMetricsHead = ({ name, type, unit, help }: Family): string[] => [
  `# TYPE ${name} ${type}`,
  ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
  `# HELP ${name} ${escaped(help)}`,
];

/** Here a family has the name of its samples, and quotes in an explanation are no special characters. */
const textHead = ({ type, help }: Family, name: string): string[] => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${TEXT_TYPE[type]}`,
];

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
