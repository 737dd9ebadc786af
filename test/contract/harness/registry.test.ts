import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { nameOf, partsOf } from '../sink-connector.ts';
import { sourcePartsOf } from '../source-connector.ts';
import { grpcHarnesses, harnesses, sinkHarnesses } from './registry.ts';
import { sourceNameOf } from './source-harness.ts';

describe('the suite for source connectors', () => {
  it('has a harness for every source that the product has', async () => {
    const types = await Promise.all(Object.values(connectorTypes).map((load) => load()));
    const sources = types.filter(({ direction }) => direction === 'source').map(({ type }) => type);
    expect(harnesses.map(({ type }) => type).sort()).toEqual(sources.sort());
  });

  it.each(
    [...harnesses, ...grpcHarnesses].flatMap((harness) => sourcePartsOf(harness).map((part) => ({ name: sourceNameOf(harness), part }))),
  )('runs its part $part for $name', async ({ name, part }) => {
    await access(join(import.meta.dirname, '..', `${name}-${part}.test.ts`));
  });
});

describe('the suite for sink connectors', () => {
  it('has a harness for every sink that the product has', async () => {
    const types = await Promise.all(Object.values(connectorTypes).map((load) => load()));
    const sinks = types.filter(({ direction }) => direction === 'sink').map(({ type }) => type);
    expect([...new Set(sinkHarnesses.map(({ type }) => type))].sort()).toEqual(['file-sink', ...sinks].sort());
  });

  it('tells harnesses of one type apart', () => {
    expect(new Set(sinkHarnesses.map(nameOf)).size).toBe(sinkHarnesses.length);
  });

  it('puts every target behind a network that fails whose address a connector file names', () => {
    for (const { addressOption, openBehind } of sinkHarnesses) expect(openBehind === undefined).toBe(addressOption === undefined);
  });

  it.each(sinkHarnesses.flatMap((harness) => partsOf(harness).map((part) => ({ name: nameOf(harness), part }))))(
    'runs its part $part for $name',
    async ({ name, part }) => {
      await access(join(import.meta.dirname, '..', `${name}-${part}.test.ts`));
    },
  );
});
