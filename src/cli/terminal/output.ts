import { once } from 'node:events';
import { styleText } from 'node:util';
import type { Logger } from '../../api/index.ts';
import { shownWithoutSecrets } from '../../config/without-secrets.ts';
import { JsonAnswer, type JsonError, toJson } from './json-answer.ts';

/** Prints results to standard output and everything else to standard error. */
export interface Output {
  result(text: string): void;
  /** Keeps the result as JSON for the end of the command. */
  json(value: unknown): void;
  /** Prints one value of an endless result at once, on a line of its own. */
  jsonLine(value: unknown): void;
  /** Keeps an error for `--json`. People read it through `problem`. */
  failed(error: JsonError): void;
  /** Resolves once standard output takes more, so that a slow reader does not fill the memory. Rejects when the signal is aborted. */
  ready(signal: AbortSignal): Promise<void>;
  /** Says that the reader wants no more. `end` then ends the process at once, even if output is left to write. */
  abandon(): void;
  /** Prints the JSON answer, if the user asked for JSON. It is called once, at the end. */
  end(): void;
  /** Prints what is going on. Silent with `--quiet`. */
  note(text: string): void;
  /** Prints errors and warnings. Never silent. */
  problem(text: string): void;
  /** Prints progress. On a terminal it overwrites itself; elsewhere it prints one line every ten seconds. Silent with `--quiet`. */
  progress(text: string): void;
  readonly verbose: boolean;
  readonly logger: Logger;
}

type Style = Parameters<typeof styleText>[0];

/** Colours a text on a terminal only, and as NO_COLOR and FORCE_COLOR say. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream, validateStream: true });

const ignoreGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

/** Ignores a reader that has gone, because it has seen enough: `list | head -1` is no failure, and an apply continues to its end. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(ignoreGone)) stream.on('error', ignoreGone);
  }
}

const PROGRESS_EVERY_MS = 10_000;

export interface OutputOptions {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

export function createOutput({ quiet = false, verbose = false, json = false }: OutputOptions): Output {
  const { stdout, stderr } = process;
  const answer = new JsonAnswer();
  let progressShown = false;
  let abandoned = false;
  let nextProgress = Date.now() + PROGRESS_EVERY_MS;
  const toStderr = (text: string) => {
    stderr.write(progressShown ? `\r\x1b[K${text}\n` : `${text}\n`);
    progressShown = false;
  };
  const log = (level: string) => (message: string, fields?: object) => {
    if (!verbose) return;
    toStderr(`${level} ${shownWithoutSecrets(message)}${fields === undefined ? '' : ` ${JSON.stringify(shownWithoutSecrets(fields))}`}`);
  };
  outliveReaders();
  return {
    result: (text) => {
      if (progressShown) stderr.write('\r\x1b[K');
      progressShown = false;
      stdout.write(`${text}\n`);
    },
    json: (value) => answer.result(value),
    jsonLine: (value) => {
      answer.stream();
      stdout.write(`${toJson(value, 'one')}\n`);
    },
    failed: (error) => {
      if (json) answer.failed(error);
    },
    ready: async (signal) => {
      if (stdout.writableNeedDrain) await once(stdout, 'drain', { signal }).catch(ignoreGone);
    },
    abandon: () => {
      abandoned = true;
    },
    end: () => {
      const { text } = answer;
      if (text !== undefined) stdout.write(`${text}\n`);
      if (abandoned) process.exit();
    },
    note: (text) => {
      if (!quiet) toStderr(text);
    },
    problem: toStderr,
    progress: (text) => {
      if (quiet) return;
      if (stderr.isTTY) {
        stderr.write(`\r\x1b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
        progressShown = true;
      } else if (Date.now() >= nextProgress) {
        nextProgress = Date.now() + PROGRESS_EVERY_MS;
        stderr.write(`${text}\n`);
      }
    },
    verbose,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  };
}
