import { expect, it } from '@jest/globals';
import { colorsOf, fits, watchedPage } from '../../support/console/browser.ts';
import { wordsFlat } from '../../support/rest/rest-lab.ts';
import type { Consoles } from './consoles.ts';

/** The console of a server without connectors. */
export function lookCases(open: () => Consoles): void {
  const at = (path: string) => `${open().serving.url}${path}`;

  it('is where browsers go, and clients of Kafka Connect do not', async () => {
    const redirected = await fetch(at('/'), { headers: { accept: 'text/html,*/*' }, redirect: 'manual' });
    expect({ status: redirected.status, location: redirected.headers.get('location') }).toEqual({ status: 302, location: '/console/' });
    expect(await (await fetch(at('/'))).json()).toMatchObject({ version: expect.stringMatching(/^4\.1\.1-/) });
  });

  it('sends its files once, under a policy that takes nothing from elsewhere', async () => {
    for (const file of ['', 'console.js', 'console.css', 'icon.svg']) {
      const first = await fetch(at(`/console/${file}`));
      const { status, headers } = first;
      expect({ file, status, policy: headers.get('content-security-policy') }).toEqual({
        file,
        status: 200,
        policy: expect.stringMatching(/^default-src 'self';/),
      });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-cache');
      const again = await fetch(at(`/console/${file}`), { headers: { 'if-none-match': headers.get('etag') ?? '' } });
      expect({ status: again.status, text: await again.text() }).toEqual({ status: 304, text: '' });
      expect((await first.text()).length).toBeGreaterThan(100);
    }
    expect((await fetch(at('/console/..%2Fpackage.json'))).status).toBe(404);
  });

  it('says what to do first, in light and in dark, in a narrow window, without a complaint', async () => {
    const { page, complaints } = await watchedPage(open().browser, { viewport: { width: 360, height: 700 }, colorScheme: 'light' });
    await page.goto(at('/'));
    await page.getByText('There are no connectors yet.').waitFor();
    const light = await colorsOf(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await colorsOf(page);
    expect(dark.page).not.toBe(light.page);
    expect(dark.text).not.toBe(light.text);
    await fits(page, 360);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows the API of the console to nobody under another name, and takes no change from another page', async () => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json', origin: 'http://evil.example' }, body: '{}' };
    expect((await fetch(at('/api/plan'), sent)).status).toBe(403);
    const plain = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ given: { config: wordsFlat() } }) };
    expect((await fetch(at('/api/plan'), plain)).status).toBe(415);
    expect((await fetch(at('/api/connectors/nobody'))).status).toBe(404);
  });
}
