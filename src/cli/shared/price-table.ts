import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { ConnectError } from '../../api/index.ts';
import { type ChosenPrices, DEFAULT_REGION, PRICE_TABLE, type Prices, type PriceTable, pricesOf } from '../../cost/prices.ts';
import type { Output } from '../terminal/output.ts';

const NAMES = Object.keys(PRICE_TABLE[DEFAULT_REGION] as Prices) as ReadonlyArray<keyof Prices>;

export interface PriceOptions {
  /** A file with a price table, in YAML or JSON. */
  readonly prices?: string;
}

/**
 * Returns the prices of the region that the command line uses, and notes where they are those of another. Throws CONFIG_INVALID for a file
 * that is no price table.
 */
export async function choosePrices({ prices: file }: PriceOptions, output: Output): Promise<ChosenPrices> {
  const asked = process.env.AWS_REGION;
  const chosen = pricesOf(asked, file === undefined ? PRICE_TABLE : await readTable(file));
  if (asked !== undefined && asked !== chosen.region) {
    output.note(
      `there are no prices of ${asked}: these are those of ${chosen.region}; give others by --prices, see examples/cost/prices.yml`,
    );
  }
  return chosen;
}

async function readTable(file: string): Promise<PriceTable> {
  const invalid = (message: string) =>
    new ConnectError('CONFIG_INVALID', `${file}: ${message}`, { remedy: 'write it as examples/cost/prices.yml is' });
  let table: unknown;
  try {
    table = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw invalid((error as Error).message.split('\n', 1)[0] as string);
  }
  if (!isSection(table) || Object.keys(table).length === 0) throw invalid('there is no region in it');
  for (const [region, prices] of Object.entries(table)) {
    if (!isSection(prices)) throw invalid(`${region} has no prices`);
    for (const name of NAMES) {
      const price = prices[name];
      if (typeof price !== 'number' || !Number.isFinite(price) || price < 0) throw invalid(`${region}.${name} is no price`);
    }
    const unknown = Object.keys(prices).find((name) => !NAMES.includes(name as keyof Prices));
    if (unknown !== undefined) throw invalid(`${region}.${unknown} is unknown`);
  }
  return table as unknown as PriceTable;
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
