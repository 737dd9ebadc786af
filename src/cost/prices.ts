/** List prices of AWS in one region, in dollars. */
export interface Prices {
  /** Lambda on arm64, for a GB-second. */
  readonly lambdaGbSecond: number;
  readonly lambdaMillionRequests: number;
  /** On-demand capacity. */
  readonly dynamodbMillionWriteUnits: number;
  readonly dynamodbMillionReadUnits: number;
  readonly sqsMillionRequests: number;
  readonly schedulerMillion: number;
  /** How many millions of EventBridge Scheduler's invocations are free each month. */
  readonly schedulerFreeMillions: number;
  readonly logsGb: number;
}

/** The prices of each region by its name. */
export type PriceTable = Readonly<Record<string, Prices>>;

const US_EAST: Prices = {
  lambdaGbSecond: 0.0000133334,
  lambdaMillionRequests: 0.2,
  dynamodbMillionWriteUnits: 0.625,
  dynamodbMillionReadUnits: 0.125,
  sqsMillionRequests: 0.4,
  schedulerMillion: 1,
  schedulerFreeMillions: 14,
  logsGb: 0.5,
};

/** The region whose prices stand for those of a region that the table lacks. */
export const DEFAULT_REGION = 'us-east-1';

/** What is known without a file of the user's: docs/cost.md. examples/cost/prices.yml has the same, for users to change. */
export const PRICE_TABLE: PriceTable = { [DEFAULT_REGION]: US_EAST, 'us-east-2': US_EAST, 'us-west-2': US_EAST };

export interface ChosenPrices {
  readonly prices: Prices;
  /** The region whose prices they are: another one than was asked for where the table lacks that. */
  readonly region: string;
}

/** Returns the prices of a region; those of us-east-1, or of the table's first region, where the table lacks it. */
export function pricesOf(region: string | undefined, table: PriceTable = PRICE_TABLE): ChosenPrices {
  const found = [region, DEFAULT_REGION, ...Object.keys(table)].find((name) => name !== undefined && Object.hasOwn(table, name));
  if (found === undefined) throw new Error('a price table without a region');
  return { prices: table[found] as Prices, region: found };
}
