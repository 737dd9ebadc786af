import { describe, expect, it } from '@jest/globals';
import { select, withWholes } from '../../../infra/local/stack-folder.ts';

describe('the servers of a stack', () => {
  it('are those of these names, once each, or all', () => {
    expect(select(['kafka', 'rocketmq', 'kafka']).map(({ name }) => name)).toEqual(['kafka', 'rocketmq']);
    expect(select([]).length).toBeGreaterThan(5);
  });

  it('are joined by those that they are parts of, which come first', () => {
    const names = (chosen: readonly string[]) => withWholes(select(chosen)).map(({ name }) => name);
    expect(names(['kafka', 'rocketmq-proxy'])).toEqual(['kafka', 'rocketmq', 'rocketmq-proxy']);
    expect(names(['rocketmq-proxy', 'rocketmq'])).toEqual(['rocketmq', 'rocketmq-proxy']);
  });

  it('have names, of which the nearest is proposed', () => {
    expect(() => select(['kafak'])).toThrow(/there is no server kafak; did you mean kafka\?; choose from .*rocketmq/);
    expect(() => select(['oracle'])).toThrow(/there is no server oracle; choose from/);
  });
});
