import { expect } from '@jest/globals';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { uniqueName } from '../../support/names.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { LabMessage } from '../harness/source-harness.ts';
import type { Copy } from './copy.ts';
import { keepsOrder } from './expect-complete.ts';
import { numbered, numberOf } from './numbered.ts';
import type { Workbench } from './workbench.ts';

/** More than RocketMQ's 32,767 bytes of properties. */
const TOO_LONG = Buffer.alloc(40_000, 'x');
/** More than RocketMQ's 4 MiB of a message. */
const TOO_LARGE_BYTES = 5 * 1024 * 1024;
const BEFORE = 5;
const ALL = 12;

/** A record that RocketMQ refuses for good. */
export function poisonCases(bench: () => Workbench, addCase: AddCase): void {
  addCase('stops before a record that is refused, names it and keeps it, and what is behind it, at the source', async () => {
    const copy = await poisoned();
    const { outcome, summary, continued } = await copy.run();
    expect([outcome, continued, summary?.error?.code]).toEqual(['failed', false, 'RECORD_REFUSED']);
    expect(summary?.error?.message).toMatch(
      new RegExp(`^record ${copy.harness.onePartition ?? copy.source.partitions[0]}@[^\\n]*properties take \\d+ bytes`),
    );
    expect(await numbersOf(copy.name)).toEqual(numbers(0, BEFORE));
    if (copy.source.pending !== undefined) expect(await copy.pending()).toBe(ALL - BEFORE);
    expect((await copy.run()).outcome).toBe('failed-before');
  });

  addCase('sends a record that is refused to the dead letters, with the reason, and goes on behind it', async () => {
    const deadLetterTopic = uniqueName('dead');
    await bench().topics.create(deadLetterTopic, { queues: 2 });
    const copy = await poisoned({ tolerance: 'dead-letter', deadLetterTopic });
    expect(await copy.run()).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: ALL, deadLetters: 1 } });
    expect(await numbersOf(copy.name)).toEqual([...numbers(0, BEFORE), ...numbers(BEFORE + 1, ALL)]);
    await expectDeadLetter(deadLetterTopic);
    expect(await copy.pending()).toBe(0);
  });

  addCase('goes on from a record that was refused once dead letters are wanted', async () => {
    const copy = await poisoned();
    expect((await copy.run()).outcome).toBe('failed');
    const deadLetterTopic = uniqueName('dead');
    await bench().topics.create(deadLetterTopic, { queues: 2 });
    await copy.apply({ errors: { ...copy.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    await createPlanner(bench().runtime.plannerDeps).handle({ action: 'resume', connector: copy.name });
    await copy.settle();
    expect(await numbersOf(copy.name)).toEqual([...numbers(0, BEFORE), ...numbers(BEFORE + 1, ALL)]);
    await expectDeadLetter(deadLetterTopic);
    expect(await copy.pending()).toBe(0);
  });

  async function poisoned(errors: Partial<Copy['spec']['errors']> = {}): Promise<Copy> {
    const copy = await bench().prepare({ partitions: 1, errors });
    const [long] = numbered(1, BEFORE) as [LabMessage];
    const [large] = numbered(1, BEFORE, TOO_LARGE_BYTES) as [LabMessage];
    const poison = copy.harness.dropsHeaders ? large : { ...long, headers: [{ name: 'too-long', value: TOO_LONG }] };
    await copy.source.fill(copy.source.partitions[0] as string, [...numbered(BEFORE), poison, ...numbered(ALL - BEFORE - 1, BEFORE + 1)]);
    await copy.apply();
    return copy;
  }

  async function numbersOf(topic: string): Promise<number[]> {
    const { admin, harness } = bench();
    const arrived = (await admin.readTopic(topic)).flat().map(({ body }) => numberOf(harness.readMessage?.(body).value ?? body));
    return keepsOrder(harness) ? arrived : arrived.sort((a, b) => a - b);
  }

  /** One that is too large comes without its value. */
  async function expectDeadLetter(topic: string): Promise<void> {
    const { admin, harness } = bench();
    if (harness.dropsHeaders) expect((await admin.readTopic(topic)).flat()).toHaveLength(1);
    else expect(await numbersOf(topic)).toEqual([BEFORE]);
  }
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
