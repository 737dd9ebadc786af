import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../support/console/browser.ts';
import { type ConsoleLab, openConsoleLab } from '../../support/console/console-lab.ts';
import { type Serving, serve } from '../../support/console/serving.ts';
import { Workbench } from '../cli/workbench.ts';
import { editorCases } from './editor-cases.ts';
import { letterCases } from './letter-cases.ts';
import { lifeCases } from './life-cases.ts';
import { listCases } from './list-cases.ts';
import { lookCases } from './look-cases.ts';

jest.setTimeout(600_000);

let bench: Workbench;
let lab: ConsoleLab;
let browser: Browser;
let serving: Serving;
beforeAll(async () => {
  bench = await Workbench.open();
  lab = await openConsoleLab();
  browser = await openBrowser();
  serving = await serve({ AWS_ENDPOINT_URL_DYNAMODB: bench.addresses.dynamodb, ROCKETMQ_CONNECT_TABLE: bench.table });
});
afterAll(async () => {
  await browser?.close();
  const code = await serving?.end();
  await lab?.[Symbol.asyncDispose]();
  await bench?.close();
  expect(code).toBe(0);
});

const open = () => ({ bench, lab, browser, serving });

// In this order: the first two want a console without connectors.
describe('the console of a server without connectors', () => lookCases(open));
describe('a connector in the console', () => lifeCases(open));
describe('dead letters in the console', () => letterCases(open));
describe('the editor of a connector file', () => editorCases(open));
describe('the list of a dozen connectors', () => listCases(open));
