import { InvalidArgumentError, Option } from 'commander';
import { ERROR_CODES } from '../../api/errors.ts';
import { duration } from '../../config/quantities.ts';
import { didYouMean } from '../../kit/did-you-mean.ts';
import type { ConnectorState } from '../../runtime/planner-api.ts';
import type { TargetOptions } from '../target/target.ts';
import { STATES } from './by-urgency.ts';

/** Options that every command takes. */
export type Flags = TargetOptions & {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly region?: string;
  readonly prices?: string;
};

export const commonOptions = (): Option[] => [
  new Option('-q, --quiet', 'print only results and errors, no notes and no progress'),
  new Option('-v, --verbose', 'also print log lines and stack traces').conflicts('quiet'),
];

export const targetOptions = (): Option[] => [
  new Option('--target <where>', 'where connectors run: in this process, or in functions on AWS')
    .choices(['local', 'aws'])
    .default('local')
    .env('ROCKETMQ_CONNECT_TARGET'),
  new Option('--stage <name>', 'deployed stage, with --target aws')
    .default('dev')
    .env('ROCKETMQ_CONNECT_STAGE')
    .argParser(matching(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'a stage: letters, digits and -')),
  new Option('--function <name>', 'planner function, with --target aws; default rocketmq-connect-<stage>-planner')
    .env('ROCKETMQ_CONNECT_FUNCTION')
    .argParser(matching(/^[A-Za-z0-9:_$-]{1,170}$/, 'the name or the ARN of a function')),
];

export const tableOption = (): Option =>
  new Option('--table <name>', 'DynamoDB table of the local target')
    .default('rocketmq-connect')
    .env('ROCKETMQ_CONNECT_TABLE')
    .argParser(matching(/^[A-Za-z0-9_.-]{3,255}$/, 'the name of a table: 3 to 255 letters, digits, _, . and -'));

export const regionOption = (): Option =>
  new Option('--region <name>', 'AWS region; default AWS_REGION, then AWS_DEFAULT_REGION, then the region of the AWS profile').argParser(
    matching(/^[a-z]{2,}(-[a-z0-9]+)+$/, 'the name of a region, such as eu-central-1'),
  );

/** For commands that take several names or patterns of names. */
export const yesOption = (): Option => new Option('-y, --yes', 'do not ask before working on more than 10 connectors');

export const stateOption = (): Option =>
  new Option('--state <names>', 'only connectors in these states, separated by commas, such as FAILED').argParser(states);

export const pricesOption = (): Option =>
  new Option('--prices <file>', 'prices by region, in a file like examples/cost/prices.yml; default those of docs/cost.md');

export const jsonOption = (): Option => new Option('--json', 'print JSON');

function matching(pattern: RegExp, what: string): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`It must be ${what}.`);
    return text;
  };
}

/** Reads a whole number from 1 to `most`. */
export const countTo =
  (most: number) =>
  (text: string): number => {
    const count = wholeNumber(text);
    if (count < 1 || count > most) throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
    return count;
  };

/** Reads a place in a topic: an end, a time, or how long ago. A time becomes milliseconds since 1970. */
export function place(text: string): 'start' | 'end' | number {
  if (text === 'start' || text === 'end') return text;
  const ago = duration.parse(text);
  if (ago !== undefined && ago <= Date.now()) return Math.round(Date.now() - ago);
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It must be start, end, a time such as 2030-12-24T18:00:00Z, or how long ago: 10m, 2h.');
  return time;
}

/** Reads a time, or how long ago, as milliseconds since 1970. */
export function time(text: string): number {
  const at = text === 'start' || text === 'end' ? text : place(text);
  if (typeof at === 'number') return at;
  throw new InvalidArgumentError('It must be a time such as 2030-12-24T18:00:00Z, or how long ago: 10m, 2h.');
}

export const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

export const port = (text: string): number => {
  const number = wholeNumber(text);
  if (number > 65_535) throw new InvalidArgumentError('It must be a port: 0 to 65535.');
  return number;
};

/** A comma in backticks is part of a name. */
const BETWEEN_NAMES = /,(?=(?:[^`]*`[^`]*`)*[^`]*$)/;

export function names(text: string): string[] {
  const given = text.split(BETWEEN_NAMES).map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('They must be names, separated by commas.');
  return given;
}

/** Reads codes of errors, in any case. A dead letter whose code is not known has UNKNOWN. */
export function errorCodes(text: string): string[] {
  const known = [...ERROR_CODES, 'UNKNOWN'];
  const codes = names(text).map((name) => name.toUpperCase());
  for (const code of codes) {
    if (known.includes(code)) continue;
    const near = didYouMean(code, known);
    throw new InvalidArgumentError(`There is no code ${code}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  return codes;
}

/** Reads states of connectors, in any case. */
export function states(text: string, previous: ConnectorState[] = []): ConnectorState[] {
  const given = names(text).map((name) => name.toUpperCase());
  const unknown = given.find((name) => !STATES.includes(name as ConnectorState));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no state ${unknown}; there are ${STATES.join(', ')}.`);
  return [...previous, ...(given as ConnectorState[])];
}

export const wholeNumbers = (text: string, previous: number[] = []): number[] => [...previous, wholeNumber(text)];

export const texts = (text: string, previous: string[] = []): string[] => [...previous, text];
