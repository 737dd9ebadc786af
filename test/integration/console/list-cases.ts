import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fits, isTitled, type WatchedPage, watchedPage } from '../../support/console/browser.ts';
import type { ConsoleLab } from '../../support/console/console-lab.ts';
import { wordsFlat } from '../../support/rest/rest-lab.ts';
import type { Consoles } from './consoles.ts';

const NAMES = Array.from({ length: 12 }, (_, index) => `shop-${String(index).padStart(2, '0')}`);

/** The list of a dozen connectors, on a lab that has no other. */
export function listCases(open: () => Consoles): void {
  let lab: ConsoleLab;
  let watched: WatchedPage;
  let page: Page;
  beforeAll(async () => {
    const { browser } = open();
    ({ lab } = open());
    for (const name of [...NAMES, 'other']) await lab.rest.call('POST', '/connectors', { name, config: wordsFlat() });
    await lab.rest.call('PUT', '/connectors/shop-03/stop');
    watched = await watchedPage(browser);
    page = watched.page;
  });
  afterAll(() => page?.close());

  const names = () => page.getByRole('row').getByRole('link').allTextContents();
  const count = async (rows: number) => {
    await page
      .locator('tbody tr')
      .nth(rows - 1)
      .waitFor();
    await page.locator('tbody tr').nth(rows).waitFor({ state: 'detached' });
  };
  const isAt = (address: string) => page.waitForURL(({ href }) => href === address);
  const desired = async (name: string) => (await lab.rest.call('GET', `/connectors/${name}/status`)).body.connector.state;

  it('keeps what one chose in its address, and asks for nothing by connector', async () => {
    await page.goto(`${lab.url}/console/`);
    await count(13);
    await page.getByRole('button', { name: /^Stopped/ }).click();
    await count(1);
    await isAt(`${lab.url}/console/?state=STOPPED`);
    await page.getByRole('button', { name: /^Running/ }).click();
    await count(13);
    await page.getByPlaceholder('Filter by name').fill('SHOP-');
    await count(12);
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    const address = `${lab.url}/console/?state=STOPPED,RUNNING&name=SHOP-&sort=name`;
    await isAt(address);
    await page.reload();
    await count(12);
    expect(await names()).toEqual(NAMES);
    await page.getByRole('link', { name: 'shop-05' }).click();
    await page.getByRole('heading', { name: 'shop-05' }).waitFor();
    // The title and the focus follow what is shown.
    await isTitled(page, 'shop-05 · RocketMQ Connect');
    await page.locator('#main:focus').waitFor();
    await page.goBack();
    await count(12);
    await isAt(address);
    const listed = () => page.waitForResponse(/\/api\/connectors$/);
    // What the view before had asked for has come by then.
    await listed();
    const before = [...lab.asked];
    await listed();
    expect(new Set(lab.asked.slice(before.length))).toEqual(new Set(['/api/connectors']));
  });

  it('can be sorted where the table has no heads', async () => {
    await page.goto(`${lab.url}/console/?name=shop-`);
    await count(12);
    const order = page.getByRole('combobox', { name: 'Order' });
    await order.waitFor({ state: 'hidden' });
    const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 };
    await page.setViewportSize({ width: 360, height });
    await order.selectOption('Sort by name');
    await page.locator('tbody tr').nth(3).getByText('shop-03').waitFor();
    await isAt(`${lab.url}/console/?name=shop-&sort=name`);
    expect(await names()).toEqual(NAMES);
    await fits(page, 360);
    await page.setViewportSize({ width, height });
    await order.waitFor({ state: 'hidden' });
  });

  it('keeps what came of a change that nothing is shown after', async () => {
    await lab.rest.call('PUT', '/connectors/other/stop');
    await page.goto(`${lab.url}/console/?state=STOPPED&name=other`);
    await count(1);
    await page.getByRole('button', { name: 'Resume all' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^None of 13 connectors/).waitFor();
    await page.getByText(/other is resumed/).waitFor();
    await page.getByRole('button', { name: 'Resume all' }).and(page.locator(':focus')).waitFor();
    expect(await desired('other')).toBe('RUNNING');
  });

  it('changes all that it shows after a question, and says what came of each', async () => {
    await page.goto(`${lab.url}/console/?name=shop-`);
    await count(12);
    await page.getByRole('button', { name: 'Pause all' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause 12 connectors?' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pause all' }).and(page.locator(':focus')).waitFor();
    expect(await desired('shop-00')).toBe('RUNNING');
    await page.getByRole('button', { name: 'Pause all' }).click();
    await dialog.waitFor();
    // The focus goes round inside of the dialog.
    for (let turn = 0; turn < 6; turn += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement === document.body || document.activeElement.closest("dialog") !== null')).toBe(
        true,
      );
    }
    // One of them goes away before the page learns of it, and the others are paused all the same.
    const learns = Promise.withResolvers<void>();
    await page.route('**/api/connectors', async (route) => {
      await learns.promise;
      // The page may have asked again.
      await route.continue().catch(() => undefined);
    });
    await page.waitForRequest('**/api/connectors');
    await lab.rest.call('DELETE', '/connectors/shop-01');
    await dialog.getByRole('button', { name: 'Pause all' }).click();
    learns.resolve();
    await page.getByText('Hide').waitFor();
    const said = await page.locator('.results li').allTextContents();
    expect(said).toHaveLength(12);
    expect(said.filter((line) => /is paused/.test(line))).toHaveLength(11);
    expect(said[1]).toMatch(/shop-01: Pause failed: no connector shop-01/);
    expect(await Promise.all(['shop-00', 'shop-11', 'other'].map(desired))).toEqual(['PAUSED', 'PAUSED', 'RUNNING']);
    // The browser itself notes the answer 404.
    expect(watched.complaints.filter((text) => !/404/.test(text))).toEqual([]);
  });
}
