import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumProgram } from '../../../infra/local/install/chromium.ts';
import { libDir } from '../../../infra/local/install/settings.ts';

/** What a page complained about: errors of scripts and requests, and what its policy has blocked. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

const LOOK_LIMIT_MS = 60_000;

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

/**
 * Waits until the content is as wide as the window, in pixels: it is wider where one has to scroll sideways. A chart takes the width of a
 * window that has just changed a moment later. `what`: what the page shows, for the error.
 */
export const fits = (page: Page, width: number, what = 'the page'): Promise<void> =>
  untilIs(`the width of ${what}`, width, () => page.evaluate('document.documentElement.scrollWidth'));

/** Waits until the window has this title, which follows what the page shows. */
export const isTitled = (page: Page, title: string): Promise<void> => untilIs('the title', title, () => page.title());

async function untilIs<T>(what: string, wanted: T, look: () => Promise<T>): Promise<void> {
  let found = await look();
  for (const deadline = Date.now() + LOOK_LIMIT_MS; found !== wanted && Date.now() < deadline; found = await look()) await sleep(50);
  if (found !== wanted) throw new Error(`${what} is ${found}, not ${wanted}`);
}
