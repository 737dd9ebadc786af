import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Service, type SlsResult } from './service.ts';
import { Template } from './template.ts';

/** Whoever tries to reach the network fails at once. */
const OFFLINE = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', AWS_EC2_METADATA_DISABLED: 'true' };

describe('sls package', () => {
  let service: Service;
  let result: SlsResult;

  beforeAll(async () => {
    service = await Service.create();
    result = await service.sls(['package'], OFFLINE);
  }, 120_000);

  afterAll(() => service.remove());

  it('needs neither network nor credentials', async () => {
    expect(result).toMatchObject({ code: 0 });
    expect((await stat(path.join(service.folder, '.serverless/rocketmq-connect.zip'))).size).toBeLessThanOrEqual(2 * 1024 * 1024);
  });

  it('lets the table of the stage for development go with its stack', async () => {
    expect((await Template.read(service.folder)).resource('Table').DeletionPolicy).toBe('Delete');
  });
});
