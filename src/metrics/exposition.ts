/** The text format of OpenMetrics 1.0, which Prometheus and others read. */

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

/** The content type of the text, for HTTP. */
export const CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Returns the text with its end mark and a line break. Families without samples are left out. */
export function exposition(families: readonly Family[]): string {
  return `${families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('')}# EOF\n`;
}

function familyText({ name, type, unit, help, samples }: Family): string {
  const head = [`# TYPE ${name} ${type}`, ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]), `# HELP ${name} ${escaped(help)}`];
  const lines = samples.map(({ labels, value }) => `${name}${SUFFIX[type]}${labelsText(labels)} ${numberText(value)}`);
  return [...head, ...lines, ''].join('\n');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
