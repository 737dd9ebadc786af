import path from 'node:path';
import { importsOf } from './imports-of.ts';
import type { Room } from './rooms.ts';

export interface SourceFile {
  /** The path from the project's root. */
  readonly file: string;
  readonly text: string;
}

/** Returns a sentence for each import that the table of rooms does not allow, and for each file outside all rooms. */
export function forbiddenImports(files: readonly SourceFile[], rooms: readonly Room[]): string[] {
  return files.flatMap(({ file, text }) => {
    const room = roomOf(file, rooms);
    if (room === undefined) return [`${file}: no room holds this file; give its folder a row in infra/rooms/rooms.ts`];
    const wrong = importsOf(text, file.endsWith('x')).filter((specifier) => !isAllowed(file, specifier, room, rooms));
    return wrong.map((specifier) => `${file}: ${room.folder} may not import ${specifier}; see infra/rooms/rooms.ts`);
  });
}

function isAllowed(file: string, specifier: string, room: Room, rooms: readonly Room[]): boolean {
  if (!specifier.startsWith('.')) return room.packages.includes('*') || room.packages.includes(packageOf(specifier));
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const other = roomOf(target, rooms);
  if (other === room || room.imports.includes('*')) return true;
  return room.imports.includes(target) || (other !== undefined && room.imports.includes(other.folder));
}

/** Returns the deepest room that holds the file. */
function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  const around = rooms.filter(({ folder }) => file.startsWith(`${folder}/`));
  return around.toSorted((a, b) => b.folder.length - a.folder.length)[0];
}

/** Returns `@scope/name` of `@scope/name/path`. Modules of Node keep their whole name. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
