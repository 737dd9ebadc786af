#!/usr/bin/env node
// Plain JavaScript for any Node: it finds a Node that runs the command line, and runs it.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const place = (path) => new URL(`../${path}`, import.meta.url);
const source = place('src/cli/main.ts');
const checkout = existsSync(source);
/** A checkout runs its sources. The package runs a build for every Node that package.json names. */
const needed = checkout ? [24, 6] : [22, 22];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  // Most of the time of a short command goes into compiling. Node keeps compiled code in the folder for temporary files.
  module.enableCompileCache?.();
  await import(checkout ? source.href : place('dist/cli/main.js').href);
} else await runWith(place('node_modules/node/bin/node'));

/** @param {URL} newer */
async function runWith(newer) {
  if (!checkout || !existsSync(newer)) {
    const remedy = checkout ? 'run `npm ci --ignore-scripts=false`, which brings one' : 'install a newer one from https://nodejs.org';
    process.stderr.write(`rocketmq-connect: needs Node ${needed.join('.')} or newer, this is ${process.version}; ${remedy}\n`);
    process.exitCode = 1;
    return;
  }
  // This module is slow to load, and most starts do not need it.
  const { spawn } = await import('node:child_process');
  const child = spawn(fileURLToPath(newer), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // This process stays until the child has ended. A signal may reach the child from here and from the terminal; the child takes both as
  // one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
    process.exit();
  });
}
