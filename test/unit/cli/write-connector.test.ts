import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { writeConnector } from '../../../src/cli/init/write-connector.ts';

describe("the package of a connector of one's own", () => {
  it.each([
    ['my system', 'source', '"my system" is not a package name'],
    ['../up', 'sink', '"../up" is not a package name'],
    ['kafka', 'source', 'this product has a connector type kafka-source'],
    ['kafka-source', 'source', 'this product has a connector type kafka-source'],
    ['mysql', 'sink', 'this product has a connector type mysql-sink'],
    ['mysql-sink', 'sink', 'this product has a connector type mysql-sink'],
  ] as const)('is not written under the name %s as a %s', async (name, direction, message) => {
    const folder = path.join(tmpdir(), 'no-such-folder', 'never');
    await expect(writeConnector(folder, name, direction)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message });
    expect(existsSync(folder)).toBe(false);
  });
});
