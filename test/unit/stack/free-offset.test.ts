import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { freeOffset } from '../../../infra/local/free-offset.ts';
import { servers } from '../../../infra/local/servers/registry.ts';

const ports = servers.flatMap((server) => Object.values(server.ports));

describe('the port offset of a test stack', () => {
  afterEach(() => void jest.restoreAllMocks());

  /** The choices that follow, each from 0 for the lowest offset to 1 for the highest, in place of random ones. */
  function choose(...choices: readonly number[]): void {
    const random = jest.spyOn(Math, 'random');
    for (const choice of choices) random.mockReturnValueOnce(Math.min(choice, 1 - Number.EPSILON));
  }

  it('keeps every port out of the range that outgoing connections get theirs from', async () => {
    choose(1);
    expect(Math.max(...ports) + (await freeOffset())).toBeLessThan(32_768);
  });

  it('is not one at which a port is that of another server at an offset that was given before', async () => {
    const oneStep = 0.0015;
    choose(0.25, 0.25 + oneStep);
    const [first, second] = [await freeOffset(), await freeOffset()];
    expect(ports.filter((port) => ports.includes(port + second - first))).toEqual([]);
  });
});
