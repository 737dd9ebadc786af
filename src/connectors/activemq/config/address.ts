/** How clients write that a name is one of a queue or a topic. */
const PREFIX = /^(?<kind>queue|topic|temp-queue|temp-topic):\/\//;

/** The name without its prefix. `kind`: what the prefix says; undefined where there is none. */
export function parseAddress(text: string): { readonly name: string; readonly kind: string | undefined } {
  const kind = PREFIX.exec(text)?.groups?.kind;
  return { name: text.replace(PREFIX, ''), kind };
}

/** Returns a prefix in capitals, such as `QUEUE://`. Brokers would take it for a part of the name. */
export function mistypedPrefix(text: string): string | undefined {
  const prefix = /^(?:temp-)?(?:queue|topic):\/\//i.exec(parseAddress(text).name)?.[0];
  return prefix === prefix?.toLowerCase() ? undefined : prefix;
}
