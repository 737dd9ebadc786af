import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { writeConnector } from '../../../src/cli/init/write-connector.ts';

describe("the package of a connector of one's own", () => {
  it.each([
    ['my system', '"my system" is not a package name'],
    ['../up', '"../up" is not a package name'],
    ['kafka', 'this product has a connector type kafka-source'],
    ['kafka-source', 'this product has a connector type kafka-source'],
  ])('is not written under the name %s', async (name, message) => {
    const folder = path.join(tmpdir(), 'no-such-folder', 'never');
    await expect(writeConnector(folder, name)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message });
    expect(existsSync(folder)).toBe(false);
  });
});
