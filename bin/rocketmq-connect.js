#!/usr/bin/env node
// Plain JavaScript for any Node from 20 on: finds a Node that runs the command line, and runs it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;

const place = (path) => new URL(`../${path}`, import.meta.url);
const source = place('src/cli/main.ts');
const entry = existsSync(source) ? source : place('dist/cli/main.js');

if (Number.parseInt(process.versions.node, 10) >= NEEDED) await import(entry.href);
else runWith(place('node_modules/node/bin/node'));

/** @param {URL} newer */
function runWith(newer) {
  if (!existsSync(newer)) {
    process.stderr.write(
      `rocketmq-connect: needs Node ${NEEDED} or newer, this is ${process.version}; install it, or run \`npm ci\` in a checkout\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(fileURLToPath(newer), [fileURLToPath(entry), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Stays until the child has ended; the child takes a signal that comes both from here and from the terminal as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
    process.exit();
  });
}
