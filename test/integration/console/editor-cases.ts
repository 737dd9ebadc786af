import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { watchedPage } from '../../support/console/browser.ts';
import type { ConsoleLab } from '../../support/console/console-lab.ts';
import { uniqueName } from '../../support/names.ts';
import { wordsFlat } from '../../support/rest/rest-lab.ts';
import type { Consoles } from './consoles.ts';

/** The editor of a connector file. The cases leave no connector behind. */
export function editorCases(open: () => Consoles): void {
  let lab: ConsoleLab;
  let page: Page;
  let complaints: readonly string[];
  let name: string;
  beforeEach(async () => {
    const { browser } = open();
    ({ lab } = open());
    name = uniqueName('words');
    await lab.rest.call('POST', '/connectors', { name, config: wordsFlat() });
    ({ page, complaints } = await watchedPage(browser));
    await page.goto(`${lab.url}/console/?connector=${name}&tab=configuration`);
  });
  afterEach(async () => {
    await page.close();
    await lab.rest.call('DELETE', `/connectors/${name}`);
  });

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const yaml = () => page.getByRole('textbox', { name: 'Connector file, in YAML' });
  const replace = async (from: string, to: string) => yaml().fill((await yaml().inputValue()).replace(from, to));
  /** Somebody else gives the connector these words. */
  const give = (words: string) => lab.rest.call('PUT', `/connectors/${name}/config`, wordsFlat({ 'source.words': words }));
  const words = async () => (await lab.rest.call('GET', `/connectors/${name}/config`)).body['source.words'];
  const focused = () => page.evaluate('document.activeElement.textContent');

  it.each([
    ['Show what changes', 'plan'],
    ['Show as a form', 'convert'],
  ])('answers nothing about a text that was changed since (%s)', async (button, path) => {
    await press('Change as YAML');
    const held = Promise.withResolvers<void>();
    await page.route(`**/api/${path}`, async (route) => {
      await held.promise;
      await route.continue();
    });
    const asked = page.waitForRequest(`**/api/${path}`);
    await press(button);
    await asked;
    await replace('- a', '- b');
    const typed = await yaml().inputValue();
    held.resolve();
    await says(/the configuration was changed meanwhile/);
    await says('What to do: press the button again');
    expect(await yaml().inputValue()).toBe(typed);
    expect(await page.getByRole('button', { name: 'Apply', exact: true }).count()).toBe(0);
    await press('Show what changes');
    await press('Apply');
    await says('the new configuration is in force');
    expect(await words()).toBe('b');
    expect(complaints).toEqual([]);
  });

  it('says that what is refused failed, and keeps the focus of a keyboard', async () => {
    await press('Change as YAML');
    await replace('- a', '- A b');
    await page.getByRole('button', { name: 'Show what changes' }).focus();
    await page.keyboard.press('Enter');
    await says('Plan failed: nothing was changed, because of the problems below');
    expect(await page.locator('.outcome .done').count()).toBe(0);
    expect(await focused()).toBe('Show what changes');
    await replace('- A b', '- b');
    await page.getByRole('button', { name: 'Show what changes' }).focus();
    await page.keyboard.press('Enter');
    await says('this is what would change; nothing is in force yet');
    expect(await focused()).toBe('Show what changes');
  });

  it('replaces nothing of somebody else, and begins again with what that one put in force', async () => {
    await press('Change as YAML');
    await replace('- a', '- b');
    // The page reads the file again meanwhile, and what is written is still about the one before.
    const again = page.waitForResponse(/\/file$/);
    await give('x');
    await again;
    await press('Show what changes');
    await press('Apply');
    await says('Apply failed: nothing was changed, because of the problems below');
    expect(await words()).toBe('x');
    await press('Cancel');
    await says('the configuration was read');
    await press('Change as YAML');
    await replace('- x', '- y');
    await press('Show what changes');
    await press('Apply');
    await says('the new configuration is in force');
    expect(await words()).toBe('y');
    await give('z');
    await page.locator('pre.file').getByText('- z').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows the options of the type that the file names', async () => {
    await press('Change as YAML');
    await replace('type: words-source', 'type: kafka-source');
    await replace('words:', 'topics:');
    await press('Show as a form');
    await page.getByRole('textbox', { name: /^source\.topics( \(required\))?$/ }).waitFor();
    expect(await page.getByRole('textbox', { name: /^source\.words/ }).count()).toBe(0);
  });

  it('goes back from the configuration that was in force when the plan was shown', async () => {
    await give('x');
    const { revision } = (await lab.rest.call('GET', `/api/connectors/${name}/file`)).body;
    await page.goto(`${lab.url}/console/?connector=${name}&tab=history`);
    await press('Go back to plan 1');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('row').filter({ hasText: 'source.words' }).waitFor();
    const answered = page.waitForResponse('**/rollback');
    await dialog.getByRole('button', { name: 'Go back', exact: true }).click();
    expect((await answered).request().postDataJSON()).toEqual({ generation: 1, revision });
    expect(revision).toEqual(expect.any(String));
  });
}
