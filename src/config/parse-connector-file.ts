import * as z from 'zod';
import type { ConnectorType, Direction, Finding } from '../api/index.ts';
import { didYouMean } from '../kit/index.ts';
import { batchSection } from './batch-section.ts';
import { ConfigError, finding } from './config-error.ts';
import { connectorName, maxTasks } from './connector-sections.ts';
import type { ConnectorSpec } from './connector-spec.ts';
import { refineDelivery } from './delivery-rules.ts';
import { errorsSections } from './errors-sections.ts';
import { findingsOf } from './findings.ts';
import { issueIn } from './issue.ts';
import { optionSchema } from './option-schema.ts';
import { readingOptions } from './reading-options.ts';
import { referenceFindings } from './reference-findings.ts';
import { textsIn } from './references.ts';
import { rocketmqSections } from './rocketmq-sections.ts';
import { selectionOptions } from './topic-selection.ts';
import { triggerSection } from './trigger-section.ts';

/** Connector types by name, each loaded when it is asked for. */
export type ConnectorTypes = Readonly<Record<string, () => Promise<ConnectorType>>>;

/** The spec of a whole connector file of one type. */
export function connectorFileSpec({ type, direction, summary, config }: Pick<ConnectorType, 'type' | 'direction' | 'summary' | 'config'>) {
  const file = z.strictObject({
    name: connectorName,
    type: z.literal(type).meta({ description: `Connector type: ${summary}` }),
    maxTasks,
    trigger: triggerSection.prefault({}),
    [direction]: config,
    rocketmq: rocketmqSections[direction],
    batch: batchSection,
    errors: errorsSections[direction],
  } as Record<string, z.ZodType>);
  return direction === 'source' ? file : file.superRefine((given, context) => refineDelivery(given as never, issueIn(context)));
}

/**
 * Validates a parsed connector file and fills in defaults; references stay references. Throws ConfigError with every finding.
 * With `resolve`, what the references stand for is validated, too; without it, whatever depends on them is left unchecked.
 */
export async function parseConnectorFile(
  file: unknown,
  types: ConnectorTypes,
  resolve?: <T>(value: T) => Promise<T>,
): Promise<ConnectorSpec> {
  const type = await connectorType(file, types);
  const spec = connectorFileSpec(type);
  const schema = optionSchema(spec);
  const parsed = spec.safeParse(file);
  const invalid = parsed.error === undefined ? [] : findingsOf(parsed.error.issues, schema, file, file);
  const references = referenceFindings(file, schema);
  const findings = [...references, ...invalid.filter(({ option }) => references.every((found) => found.option !== option))];
  if (parsed.data === undefined || findings.length > 0) throw new ConfigError(findings.map((found) => otherSide(found, type.direction)));
  if (resolve !== undefined) {
    const resolved = await resolve(file);
    const { error } = spec.safeParse(resolved);
    if (error !== undefined) throw new ConfigError(asWritten(findingsOf(error.issues, schema, resolved, file), file, resolved));
  }
  const { [type.direction]: system, ...common } = parsed.data;
  return { ...common, direction: type.direction, system } as unknown as ConnectorSpec;
}

/** Findings about what references stand for, with the references in its place. */
function asWritten(findings: readonly Finding[], file: unknown, resolved: unknown): Finding[] {
  const written = [...textsIn(file)].map(({ text }) => text);
  const values = [...textsIn(resolved)].map(({ text }) => text);
  const changed = values.flatMap((value, index) => {
    const text = written[index];
    return text === undefined || text === value || value === '' ? [] : [[value, text] as const];
  });
  const longestFirst = changed.toSorted(([a], [b]) => b.length - a.length);
  const show = (text: string) => longestFirst.reduce((left, [value, reference]) => left.replaceAll(value, () => reference), text);
  return findings.map((found) => ({ ...found, message: show(found.message), remedy: show(found.remedy) }));
}

async function connectorType(file: unknown, types: ConnectorTypes): Promise<ConnectorType> {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new ConfigError([
      finding('', 'a connector file is a section with name, type, source or sink, and rocketmq', 'see examples/kafka-to-rocketmq.yml'),
    ]);
  }
  const known = Object.keys(types);
  const name = 'type' in file ? file.type : undefined;
  if (name === undefined) throw new ConfigError([finding('type', 'missing', `set it to one of ${known.join(', ')}`)]);
  const load = typeof name === 'string' && Object.hasOwn(types, name) ? types[name] : undefined;
  if (load !== undefined) return load();
  const near = typeof name === 'string' ? didYouMean(name, known) : undefined;
  const remedy = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
  throw new ConfigError([finding('type', `unknown connector type ${JSON.stringify(name)}`, remedy)]);
}

const rocketmqNames = (options: object): ReadonlySet<string> => new Set(Object.keys(options).map((name) => `rocketmq.${name}`));

const READING = rocketmqNames(readingOptions);
const SELECTION = rocketmqNames(selectionOptions);

/** A `sink` section in the file of a source is no slip of the pen. */
function otherSide(found: Finding, direction: Direction): Finding {
  const other = direction === 'source' ? 'sink' : 'source';
  if (direction === 'source' && READING.has(found.option)) return { ...found, remedy: 'remove it: only sinks read from RocketMQ' };
  if (direction === 'source' && SELECTION.has(found.option)) {
    return { ...found, remedy: 'name one topic in rocketmq.topic instead: only sinks read several' };
  }
  return found.option === other ? { ...found, remedy: `this type is a ${direction}: put its options under ${direction}` } : found;
}
