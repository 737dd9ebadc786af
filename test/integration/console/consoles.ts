import type { Browser } from 'playwright-core';
import type { ConsoleLab } from '../../support/console/console-lab.ts';
import type { Serving } from '../../support/console/serving.ts';
import type { Workbench } from '../cli/workbench.ts';

/** What the cases of a browser share. */
export interface Consoles {
  readonly browser: Browser;
  /** Where `serving` has its connectors. */
  readonly bench: Workbench;
  /** The command, as users start it. */
  readonly serving: Serving;
  /** A console for connectors that need no server. */
  readonly lab: ConsoleLab;
}
