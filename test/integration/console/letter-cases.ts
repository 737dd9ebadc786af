import { expect, it } from '@jest/globals';
import { watchedPage } from '../../support/console/browser.ts';
import { uniqueName } from '../../support/names.ts';
import type { Consoles } from './consoles.ts';

/** Dead letters in a console of whatever connectors. */
export function letterCases(open: () => Consoles): void {
  /** A sink whose target took small records only, so that it has one dead letter; now it names a target that takes it. */
  async function refused(): Promise<{ readonly name: string; readonly to: string }> {
    const { bench } = open();
    const through = await bench.rocketmqTopic({ queues: 1 });
    const dead = await bench.rocketmqTopic({ queues: 1 });
    const from = await bench.kafkaTopic(1);
    const small = await bench.kafkaTopic(1, [{ name: 'max.message.bytes', value: '2000' }]);
    const to = await bench.kafkaTopic(1);
    const values = ['small', 'y'.repeat(9_000), ...Array.from({ length: 20 }, (_, index) => `${index}`)];
    await bench.kafka.produce(
      from,
      values.map((value) => ({ partition: 0, key: Buffer.from(value.slice(0, 5)), value: Buffer.from(value) })),
    );
    const name = uniqueName('sink');
    const rocketmq = { endpoints: bench.addresses.rocketmqNamesrv, topic: through, requestTimeoutMs: 20_000 };
    const errors = { tolerance: 'dead-letter', deadLetterTopic: dead };
    const kafka = { bootstrapServers: bench.addresses.kafka };
    const file = (topic: string) => ({ name, type: 'kafka-sink', sink: { ...kafka, topic }, rocketmq, errors });
    const source = { name: `${name}-source`, type: 'kafka-source', source: { ...kafka, topics: [from] }, rocketmq };
    for (const [step, content] of [source, file(small)].entries()) {
      expect(await bench.run(['apply', await bench.file(`${step}.yml`, JSON.stringify(content)), '--run'])).toMatchObject({ code: 0 });
    }
    expect(await bench.run(['apply', await bench.file('after.yml', JSON.stringify(file(to)))])).toMatchObject({ code: 0 });
    return { name, to };
  }

  it('are listed with their reason, shown whole, and sent once more', async () => {
    const { bench, browser, serving } = open();
    const { name, to } = await refused();
    await bench.rocketmq.dispatched();
    const { page, complaints } = await watchedPage(browser);
    await page.goto(`${serving.url}/console/?connector=${name}&tab=dead-letters`);
    const row = page.getByRole('row').filter({ hasText: 'larger than the topic takes' });
    await row.getByRole('button').click();
    await page.getByRole('dialog').getByText('y'.repeat(200)).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await row.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Redrive the 1 chosen', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Redrive', exact: true }).click();
    await page.getByText('1 dead letter is sent once more').waitFor();
    await row.getByText('redriven').waitFor();
    // Its partition has the record that it lacked, and no other.
    expect(await bench.kafka.endOffsets(to)).toEqual([1]);
    expect(complaints).toEqual([]);
    await page.close();
  });
}
