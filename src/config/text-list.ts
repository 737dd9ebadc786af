/** What `textList` accepts as a list, references resolved. Light: task functions load it. */
export function asList(value: string | readonly string[]): string[] {
  return typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : [...value];
}
