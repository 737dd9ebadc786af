import type { Room } from './rooms.ts';

/** The table does not mention what every room may use. */
const MENTIONED = /^(?!node:)|^node:(net|tls|http|https|module)$/;

/** Returns the rooms as a table in Markdown, for docs/architecture.md. */
export function roomsTable(rooms: readonly Room[]): string {
  const rows = rooms.map(({ folder, holds, imports, packages }) => [
    code(folder),
    holds,
    imports.length === 0 ? 'nothing' : listed(imports.map((name) => name.replace('src/', ''))),
    listed(packages.filter((name) => MENTIONED.test(name))),
  ]);
  const lines = [['folder', 'holds', 'may import', 'packages and sockets'], Array(4).fill('---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const code = (text: string): string => `\`${text}\``;
const listed = (names: readonly string[]): string => (names.includes('*') ? 'all' : names.map(code).join(', '));
