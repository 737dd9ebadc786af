import { describe, expect, it } from '@jest/globals';
import { State } from '../../../src/kit/index.ts';

const door = () => new State<'open' | 'shut' | 'gone'>('shut', { open: ['shut'], shut: ['open', 'gone'], gone: [] });

describe('a state', () => {
  it('is the first one at the beginning', () => expect(door().now).toBe('shut'));

  it('moves to one that may follow', () => {
    const state = door();
    state.enter('open');
    expect(state.now).toBe('open');
    state.enter('shut');
    expect(state.now).toBe('shut');
  });

  it('stays where it is, and says that the program is wrong, where another may not follow', () => {
    const state = door();
    state.enter('open');
    expect(() => state.enter('gone')).toThrow(expect.objectContaining({ code: 'INTERNAL', message: 'state gone may not follow open' }));
    expect(state.now).toBe('open');
  });

  it('does not follow itself unless it says so', () => expect(() => door().enter('shut')).toThrow('state shut may not follow shut'));
});
