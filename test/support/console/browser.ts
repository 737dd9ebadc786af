import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumProgram } from '../../../infra/local/install/chromium.ts';
import { libDir } from '../../../infra/local/install/settings.ts';

/** What a page complained about: errors of scripts and requests, and what its policy has blocked. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Starts the browser without a window. */
export const openBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await chromiumProgram(libDir()), args: ['--no-sandbox'], timeout: 120_000 });

/** In a page, so that what it asks for every five seconds comes at once. */
const HASTE = 'const { setTimeout } = globalThis; globalThis.setTimeout = (run, ms, ...rest) => setTimeout(run, ms / 20, ...rest);';

/** Opens a page with hasty timers, and notes its complaints. Waits are generous: other tests share the cores. */
export async function watchedPage(browser: Browser, options: Parameters<Browser['newPage']>[0] = {}): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(120_000);
  await page.addInitScript(`{ ${HASTE} }`);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, complaints };
}

/** The colours of the page as it is. */
export const colorsOf = (page: Page): Promise<{ readonly page: string; readonly text: string }> =>
  page.evaluate('(({ backgroundColor, color }) => ({ page: backgroundColor, text: color }))(getComputedStyle(document.body))');

/** How wide the content is, in pixels: more than the window where one has to scroll sideways. */
export const widthOf = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth');
