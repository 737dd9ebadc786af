import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fits, type WatchedPage, watchedPage } from '../../support/console/browser.ts';
import type { Serving } from '../../support/console/serving.ts';
import { uniqueName } from '../../support/names.ts';
import type { Workbench } from '../cli/workbench.ts';
import type { Consoles } from './consoles.ts';

const NAME = 'orders';

/** A connector in a console that has no other. */
export function lifeCases(open: () => Consoles): void {
  let bench: Workbench;
  let serving: Serving;
  let watched: WatchedPage;
  let page: Page;
  let from: string;
  let to: string;
  let isDeleted = false;
  beforeAll(async () => {
    const { browser } = open();
    ({ bench, serving } = open());
    from = uniqueName('cli');
    await bench.kafka.create(from, 2);
    to = await bench.rocketmqTopic();
    await bench.produce(from, 20, 2);
    await bench.rocketmq.dispatched();
    watched = await watchedPage(browser, { viewport: { width: 1200, height: 900 }, reducedMotion: 'reduce' });
    page = watched.page;
  });
  afterAll(async () => {
    await page?.close();
    if (!isDeleted) await bench?.kafka.delete(from);
  });

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const show = (tab: string) =>
    page
      .getByRole('navigation', { name: `Views of ${NAME}` })
      .getByRole('link', { name: tab })
      .click();
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const field = (option: string) => page.getByRole('textbox', { name: new RegExp(`^${option.replace('.', '\\.')}( \\(required\\))?$`) });

  const makeInForm = async () => {
    await page.goto(`${serving.url}/`);
    await page
      .getByRole('link', { name: 'New connector' })
      .or(page.getByRole('link', { name: 'Make one here' }))
      .first()
      .click();
    await page.getByRole('link', { name: 'kafka-source' }).click();
    await field('name').fill('no name');
    await says(/given the text "no name"/);
    await field('name').fill(NAME);
    await field('source.bootstrapServers').fill(bench.addresses.kafka);
    await press('Show what changes');
    await says('Plan failed: nothing was changed, because of the problems below');
    expect(await field('rocketmq.endpoints').getAttribute('aria-invalid')).toBe('true');
    const closed = page.locator('details:not([open]) > summary');
    while ((await closed.count()) > 0) await closed.first().click();
    await field('source.topics').fill(`${from}x`);
    await field('rocketmq.endpoints').fill(bench.addresses.rocketmqNamesrv);
    await field('rocketmq.topic').fill(to);
    await field('rocketmq.requestTimeoutMs').fill('20000');
    await press('Show what changes');
    await says(new RegExp(`topic ${from}x does not exist`));
    await page
      .getByRole('list', { name: 'Problems' })
      .getByText(/^What to do: /)
      .first()
      .waitFor();
    await field('source.topics').fill(from);
    await press('Show what changes');
    await says('this is what would change; nothing is in force yet');
    await press('Apply');
    await page.getByRole('heading', { name: NAME, level: 1 }).waitFor();
    await page.locator('.title').getByText('Running').waitFor();
  };

  const runIt = async () => {
    await press('Run now');
    await says(/orders: \d+ tasks? started/);
    await says('20 records');
    await show('Runs');
    await page.getByRole('row').filter({ hasText: 'caught up' }).first().waitFor();
    await page.locator('figure canvas').first().waitFor();
    await bench.rocketmq.dispatched();
    expect(await bench.arrived(to)).toBe(20);
  };

  const breakAndMend = async () => {
    const other = await bench.kafkaTopic(2);
    await bench.produce(other, 6, 2);
    await bench.kafka.delete(from);
    isDeleted = true;
    await show('Overview');
    await press('Run now');
    await says('Restart failed tasks');
    await page.locator('.title').getByText('Failed').waitFor();
    await says(new RegExp(`NOT_FOUND: topic ${from} does not exist`));
    await says('What to do: create it, or correct source.topics');
    await page.getByRole('link', { name: 'Connectors', exact: true }).first().click();
    await page
      .getByRole('row')
      .filter({ hasText: NAME })
      .getByText(/does not exist/)
      .waitFor();
    await page.getByRole('link', { name: NAME, exact: true }).click();
    await show('Configuration');
    await press('Change as YAML');
    const yaml = page.getByRole('textbox', { name: 'Connector file, in YAML' });
    const before = await yaml.inputValue();
    await yaml.fill(`${before}\nsourec: {}\n`);
    await says(/did you mean source|unknown/);
    await page.getByText(/^Line \d+:/).waitFor();
    await yaml.fill(before.replaceAll(from, other));
    await press('Show what changes');
    const change = page.getByRole('row').filter({ hasText: 'source.topics' });
    await change.getByText(other).waitFor();
    await press('Apply');
    await says('the new configuration is in force');
    await show('Overview');
    await press('Run now');
    await says('26 records');
    await page.locator('.title').getByText('Running').waitFor();
    await show('History');
    await page.getByRole('button', { name: 'Go back to plan 1' }).click();
    // The topic of that plan is gone.
    await page
      .getByRole('dialog')
      .getByText(/does not exist/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  const pauseByKeyboard = async () => {
    const go = async (name: string) => {
      for (let turn = 0; turn < 40; turn += 1) {
        await page.keyboard.press('Tab');
        const focused: string = await page.evaluate('document.activeElement?.textContent ?? ""');
        if (focused === name) return;
      }
      throw new Error(`Tab does not get to ${name}`);
    };
    await page.reload();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await go('Pause');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await says(/orders is paused/);
    await page.locator('.title').getByText('Paused').waitFor();
    await go('Resume');
    await page.keyboard.press('Enter');
    await says(/orders is resumed/);
    await page.locator('.title').getByText('Running').waitFor();
  };

  const alterPosition = async () => {
    await show('Positions');
    await says(/Positions can only be changed while the connector is stopped/);
    await press('Stop');
    await page.locator('.title').getByText('Stopped').waitFor();
    const row = page.getByRole('row').filter({ hasText: /-1/ });
    await row.getByRole('button').click();
    await field('Position').fill('1');
    await press('Set position');
    await says(/-1 is set from 3 to 1/);
    await row.locator('td', { hasText: /^1$/ }).last().waitFor();
    // Its lag: the topic ends at 3.
    await row.locator('td', { hasText: /^2$/ }).waitFor();
    await press('Resume');
    await page.locator('.title').getByText('Running').waitFor();
    await press('Run now');
    await show('Overview');
    await says('28 records');
  };

  const narrow = async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    for (const tab of ['Overview', 'Runs', 'Positions', 'Configuration', 'History', 'Dead letters', 'Cost']) {
      await show(tab);
      await page.getByText('Loading …').waitFor({ state: 'detached' });
      await fits(page, 360, tab);
    }
  };

  const remove = async () => {
    await press('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await says('There are no connectors yet.');
  };

  it('is made, run, broken, mended, paused, moved and deleted, and the browser complains of nothing', async () => {
    await makeInForm();
    await runIt();
    await breakAndMend();
    await pauseByKeyboard();
    await alterPosition();
    await narrow();
    expect(watched.complaints).toEqual([]);
    await remove();
    // The page may have asked once more for what is gone, and the browser itself notes the answer 404.
    expect(watched.complaints.filter((text) => !/404/.test(text))).toEqual([]);
  });
}
