#!/usr/bin/env node
// Plain JavaScript for any Node: finds a Node that runs the command line, and runs it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const place = (path) => new URL(`../${path}`, import.meta.url);
const source = place('src/cli/main.ts');
const checkout = existsSync(source);
/** A checkout runs its sources, the package what was built for every Node that package.json names. */
const needed = checkout ? [24, 6] : [22, 22];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  // Most of what a short command costs is compiling; what was compiled before is kept in the folder for temporary files.
  module.enableCompileCache?.();
  await import(checkout ? source.href : place('dist/cli/main.js').href);
} else runWith(place('node_modules/node/bin/node'));

/** @param {URL} newer */
function runWith(newer) {
  if (!checkout || !existsSync(newer)) {
    const remedy = checkout ? 'run `npm ci --ignore-scripts=false`, which brings one' : 'install a newer one from https://nodejs.org';
    process.stderr.write(`rocketmq-connect: needs Node ${needed.join('.')} or newer, this is ${process.version}; ${remedy}\n`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(fileURLToPath(newer), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Stays until the child has ended; the child takes a signal that comes both from here and from the terminal as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
    process.exit();
  });
}
