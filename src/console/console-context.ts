import type { LookTimes } from '../config/look-times.ts';
import type { ConnectorTypes } from '../config/parse-connector-file.ts';
import type { Cost } from '../cost/cost.ts';
import type { ChosenPrices } from '../cost/prices.ts';
import type { Planner } from '../runtime/planner-api.ts';
import type { About, Started } from './answers.ts';

/** A file of the page, as browsers take it. */
export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What the console needs of its host. */
export interface ConsoleContext extends Pick<About, 'version' | 'target' | 'cluster'> {
  readonly planner: Planner;
  /** The connector types that a file can name. */
  readonly types: ConnectorTypes;
  readonly prices: ChosenPrices;
  /** The files of the page by name, `index.html` among them. It is called when a browser asks for the first one. */
  readonly loadFiles: () => Promise<Readonly<Record<string, PageFile>>>;
  /** Starts the tasks of a connector now that do not run. The caller does not wait for their ends. */
  readonly startTasks: (connector: string) => Promise<Started>;
  /** Returns what a month costs in which there is nothing to copy. Undefined without a schedule. */
  readonly idleMonth: (connector: IdleConnector) => Cost | undefined;
}

export interface IdleConnector extends Partial<LookTimes> {
  readonly type: string;
  readonly tasks: number;
  readonly schedule?: string | undefined;
  readonly timeZone: string;
}
