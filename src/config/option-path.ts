/** Names an option as users write it: `source.topics[0]`. */
export function optionName(path: ReadonlyArray<PropertyKey>): string {
  return path.reduce<string>((name, key) => {
    if (/^\d+$/.test(String(key))) return `${name}[${String(key)}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

/** The reverse of `optionName`. */
export const optionPath = (name: string): string[] => name.split(/[.[\]]/).filter((key) => key !== '');
