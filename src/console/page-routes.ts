import { createHash } from 'node:crypto';
import { notFound } from '../rest/answers/rest-error.ts';
import { type Route, route } from '../rest/answers/route.ts';
import type { ConsoleContext, PageFile } from './console-context.ts';

/** Nothing comes from elsewhere, and nobody shows the page inside of another one. */
const SECURITY = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The files of the page. Browsers ask each time whether a file has changed. */
export function pageRoutes({ loadFiles }: Pick<ConsoleContext, 'loadFiles'>): Route[] {
  let loaded: Promise<ReadonlyMap<string, TaggedFile>> | undefined;
  const files = () => {
    loaded ??= loadFiles().then(tagged);
    // The next request tries again.
    loaded.catch(() => {
      loaded = undefined;
    });
    return loaded;
  };

  const serve = (path: string, summary: string): Route =>
    route({
      method: 'GET',
      path,
      summary,
      answers: { 200: undefined },
      handle: async ({ params: { file: name = 'index.html' }, headers: asked }) => {
        const file = (await files()).get(name);
        if (file === undefined) throw notFound(`the console has no file ${JSON.stringify(name)}; open /console/`);
        const headers = { ...SECURITY, 'cache-control': 'no-cache', etag: file.tag };
        if (asked.get('if-none-match') === file.tag) return { status: 304, headers };
        return { status: 200, headers, text: { type: file.type, content: file.content } };
      },
    });

  return [serve('/console', 'Show the console, a page for browsers'), serve('/console/:file', 'Send a file of the console')];
}

interface TaggedFile extends PageFile {
  readonly tag: string;
}

const tagged = (files: Readonly<Record<string, PageFile>>): ReadonlyMap<string, TaggedFile> =>
  new Map(
    Object.entries(files).map(([name, file]) => {
      const digest = createHash('sha256').update(file.content).digest('base64url').slice(0, 22);
      return [name, { ...file, tag: `"${digest}"` }];
    }),
  );
