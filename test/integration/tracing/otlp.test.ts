import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { traceRun } from '../../../src/tracing/index.ts';
import { type JsonServer, startJsonServer } from '../../support/json-server.ts';
import { runPython } from '../../support/run-python.ts';
import { connectorSpec } from '../../support/specs.ts';

const STARTED = 1_800_000_000_123;

describe('a span, as OpenTelemetry reads it', () => {
  let server: JsonServer | undefined;
  afterEach(async () => {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    await server?.close();
  });

  /** Sends a span to a server, and returns the request as OpenTelemetry's own protocol buffers read it. */
  async function sent(outcome: Partial<TaskOutcome['summary']>, spec = connectorSpec()): Promise<unknown> {
    const bodies: unknown[] = [];
    server = await startJsonServer((body) => {
      bodies.push(body);
      return { status: 200, body: {} };
    });
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = server.url;
    const summary = {
      startedAt: STARTED,
      endedAt: STARTED + 1_500,
      outcome: 'limit',
      records: 12,
      bytes: 3_400,
      deadLetters: 1,
      ...outcome,
    } as const;
    const run = { connector: 'orders', task: 3, type: spec.type, outcome: 'ran', continued: false, summary } as const;
    await traceRun(run, spec, { logger: silentLogger, resolveSecrets: async (value) => value }, { owner: 'me' });
    return bodies.length === 0 ? [] : runPython('parse-otlp.py', 'opentelemetry-proto==1.45.2', JSON.stringify(bodies[0]));
  }

  it('says what a run of a source copied', async () => {
    expect(await sent({ lagRecords: 40 })).toEqual([
      {
        ...{ resource: { 'service.name': 'rocketmq-connect' }, scope: 'rocketmq-connect', name: 'run orders', kind: 'SPAN_KIND_PRODUCER' },
        ...{ traceIdBytes: 16, spanIdBytes: 8, startMs: STARTED, endMs: STARTED + 1_500, status: 'STATUS_CODE_UNSET', message: '' },
        attributes: {
          ...{ 'faas.trigger': 'other', 'messaging.system': 'rocketmq', 'messaging.operation.type': 'send' },
          ...{ 'messaging.destination.name': 'orders', 'messaging.batch.message_count': 12 },
          ...{ 'rocketmq_connect.connector': 'orders', 'rocketmq_connect.task': 3, 'rocketmq_connect.type': 'kafka-source' },
          ...{ 'rocketmq_connect.outcome': 'limit', 'rocketmq_connect.bytes': 3_400, 'rocketmq_connect.dead_letters': 1 },
          'rocketmq_connect.lag_records': 40,
        },
      },
    ]);
  });

  it('says why a run of a sink failed', async () => {
    const spec = connectorSpec({ direction: 'sink', type: 'mysql-sink' });
    expect(await sent({ outcome: 'failed', records: 0, error: { code: 'UNREACHABLE', message: 'no answer' } }, spec)).toEqual([
      expect.objectContaining({
        ...{ kind: 'SPAN_KIND_CONSUMER', status: 'STATUS_CODE_ERROR', message: 'UNREACHABLE: no answer' },
        attributes: expect.objectContaining({ 'error.type': 'UNREACHABLE', 'messaging.operation.type': 'receive' }),
      }),
    ]);
  });

  it('is not sent for a run that found nothing to copy', async () => {
    expect(await sent({ outcome: 'caught-up', records: 0, deadLetters: 0 })).toEqual([]);
  });
});
