import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');

/** The text below a heading of docs/cost.md, up to the next one. */
export function section(heading: string): string {
  const [, text] = PAGE.split(new RegExp(`^#+ ${heading.replace(/[.()]/g, '\\$&')}$`, 'm'));
  if (text === undefined) throw new Error(`docs/cost.md has no section ${heading}`);
  return text.split(/^#/m, 1)[0] as string;
}

/** The cells of the rows of a section's tables. */
export const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** `choice`: which of the numbers in `0.2 s or 5 s` counts. */
export function computed(formula: string, choice: number): number {
  const chosen = formula.replace(/(\S+)( s)? or (\S+)/, (_, first, __, second) => (choice === 0 ? first : second));
  // A sum of bytes, and what a GB costs.
  const logs = /^(.+) KB = .* GB × ([\d.]+)$/.exec(chosen);
  if (logs !== null) return (product(logs[1] as string) * 1e3 * Number(logs[2])) / 1e9;
  return product(chosen);
}

function product(text: string): number {
  return text
    .replaceAll(',', '')
    .replace(/ \/ million$/, ' × 0.000001')
    .replace(/ million/g, ' × 1000000')
    .split(' × ')
    .map((factor) => sum(factor.replace(/ (s|GB)$/, '').replace(/[()]/g, '')))
    .reduce((result, factor) => result * factor, 1);
}

const sum = (text: string): number =>
  text
    .replaceAll(' − ', ' + -')
    .split(' + ')
    .reduce((total, number) => {
      const value = Number(number);
      if (Number.isNaN(value)) throw new Error(`${JSON.stringify(text)} is no number`);
      return total + value;
    }, 0);
