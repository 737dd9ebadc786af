import { HEADERS, type HeaderEntry, headersText, isHeader } from '../header-mapping.ts';
import type { OutgoingMessage } from '../types.ts';

type Properties = OutgoingMessage['properties'];

/** A proxy takes no more with one message by default (its userPropertyMaxNum). */
const MAX_PROPERTIES = 128;

let last: { readonly given: Properties; readonly few: Properties } | undefined;

/**
 * Returns the properties themselves where a proxy takes so many. Otherwise the last headers among them go into `connect-headers`, where
 * `readHeaders` finds them as before. Messages that come one after the other often share their properties, and then share these, too.
 */
export function fewProperties(properties: Properties): Properties {
  if (properties.size <= MAX_PROPERTIES) return properties;
  if (properties !== last?.given) last = { given: properties, few: gathered(properties) };
  return last.few;
}

function gathered(properties: Properties): Properties {
  const there = entriesOf(properties.get(HEADERS));
  // Another program wrote it. The proxy refuses the message.
  if (there === undefined) return properties;
  const few = new Map([...properties].filter(([name]) => !isHeader(name) && name !== HEADERS));
  const moved: HeaderEntry[] = [];
  for (const [name, value] of properties) {
    if (!isHeader(name)) continue;
    if (few.size < MAX_PROPERTIES - 1) few.set(name, value);
    else moved.push([name, value]);
  }
  return few.set(HEADERS, headersText([...moved, ...there]));
}

function entriesOf(text: string | undefined): readonly HeaderEntry[] | undefined {
  if (text === undefined) return [];
  try {
    const entries: unknown = JSON.parse(text);
    return Array.isArray(entries) ? entries : undefined;
  } catch {
    return undefined;
  }
}
