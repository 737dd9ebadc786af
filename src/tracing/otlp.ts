import { randomBytes } from 'node:crypto';
import type { RunSummary, TaskRef } from '../store/store.ts';

/** A run that is over. */
export interface TracedRun extends TaskRef {
  readonly type: string;
  readonly direction: 'source' | 'sink';
  /** The topic in RocketMQ; absent where there are several. */
  readonly topic?: string;
  readonly summary: RunSummary;
  /** The id of the request on AWS. */
  readonly invocation?: string;
  /** A message of the queue started it. */
  readonly queued: boolean;
}

/** Who says so. */
export interface Resource {
  readonly service: string;
  readonly version?: string;
  /** The name of the function and its region, on AWS. */
  readonly function?: string;
  readonly region?: string;
}

type Value = { readonly stringValue: string } | { readonly intValue: string };
interface Attribute {
  readonly key: string;
  readonly value: Value;
}

/** Numbers of OpenTelemetry's protocol. */
const KIND = { source: 4, sink: 5 } as const;
const STATUS = { unset: 0, error: 2 } as const;

/** Returns the request body of OTLP over HTTP in JSON: ids as hexadecimal digits, 64-bit numbers as text. */
export function traceRequest(run: TracedRun, resource: Resource): object {
  const { connector, task, type, direction, topic, summary, invocation, queued } = run;
  const { startedAt, endedAt, outcome, records, bytes, deadLetters, lagRecords, error } = summary;
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `run ${connector}`,
    kind: KIND[direction],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(Math.max(startedAt, endedAt)),
    attributes: attributes({
      'faas.trigger': queued ? 'pubsub' : 'other',
      'faas.invocation_id': invocation,
      'messaging.system': 'rocketmq',
      'messaging.operation.type': direction === 'source' ? 'send' : 'receive',
      'messaging.destination.name': topic,
      'messaging.batch.message_count': records,
      'rocketmq_connect.connector': connector,
      'rocketmq_connect.task': task,
      'rocketmq_connect.type': type,
      'rocketmq_connect.outcome': outcome,
      'rocketmq_connect.bytes': bytes,
      'rocketmq_connect.dead_letters': deadLetters,
      'rocketmq_connect.lag_records': lagRecords,
      'error.type': error?.code,
    }),
    status: error === undefined ? { code: STATUS.unset } : { code: STATUS.error, message: `${error.code}: ${error.message}` },
  };
  const { service, version, function: name, region } = resource;
  const of = { 'service.name': service, 'service.version': version, 'faas.name': name, 'cloud.region': region };
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ ...of, ...(name !== undefined && { 'cloud.provider': 'aws' }) }) },
        scopeSpans: [{ scope: { name: 'rocketmq-connect' }, spans: [span] }],
      },
    ],
  };
}

const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * 1_000_000n);

/** Leaves out what is not known. */
const attributes = (values: Readonly<Record<string, string | number | undefined>>): Attribute[] =>
  Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [{ key, value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: value } }];
  });
