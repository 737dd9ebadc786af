import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metricsRoute } from '../../../src/cli/shared/metrics-route.ts';
import type { Planner } from '../../../src/runtime/planner-api.ts';
import { parseOpenmetrics } from '../../support/parse-openmetrics.ts';
import { RestLab, wordsFlat } from '../../support/rest/rest-lab.ts';

describe('GET /metrics', () => {
  let lab: RestLab;
  beforeAll(async () => {
    const planner: Planner = { handle: (request) => lab.planner.handle(request) };
    lab = await RestLab.open([metricsRoute(planner)]);
    await lab.call('PUT', '/connectors/words.of-mine/config', wordsFlat());
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const get = (path: string, host = 'localhost') => lab.api(new Request(`http://localhost:8083${path}`, { headers: { host } }));

  it.each([
    ['/metrics', 'rocketmq_connect_task_records_total'],
    ['/metrics?names=kafka', 'kafka_connect_source_task_source_record_write_total'],
  ])('answers %s as Prometheus reads it', async (path, metric) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const families = await parseOpenmetrics(await answer.text());
    expect(families.flatMap(({ samples }) => samples)).toContainEqual(
      expect.objectContaining({ name: metric, labels: { connector: 'words.of-mine', task: '0' }, value: 0 }),
    );
  });

  it('refuses names and formats that it does not know, and pages of others', async () => {
    expect(await (await get('/metrics?names=ours')).json()).toEqual({
      ...{ error_code: 400, message: 'names: "ours" is unknown; use own or kafka' },
    });
    expect(await (await get('/metrics?format=json')).json()).toEqual({
      ...{ error_code: 400, message: 'format: "json" is unknown; use openmetrics or prometheus' },
    });
    expect((await get('/metrics', 'evil.example')).status).toBe(421);
  });
});
