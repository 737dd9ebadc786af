/** This checks that every source imports only what its room may import, and that no folders import each other in a circle. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { folderCircles } from './folder-circles.ts';
import { forbiddenImports } from './forbidden-imports.ts';
import { rooms } from './rooms.ts';

const project = path.resolve(import.meta.dirname, '../..');
const names = globSync('{src,functions,infra,bench,console}/**/*.{ts,tsx}', { cwd: project });
const files = await Promise.all(names.map(async (file) => ({ file, text: await readFile(path.join(project, file), 'utf8') })));

const problems = [
  ...forbiddenImports(files, rooms),
  ...folderCircles(files).map((circle) => `these folders import each other: ${circle.join(', ')}`),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
