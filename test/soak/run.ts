/** `npm run soak -- [--only NAME] [--json FILE]`: hours of random crashes and histories. A row that must be 0 and is not ends it with an error. */
import { runBenches } from '../../bench/run-benches.ts';
import { crashes } from './crash.ts';
import { sinkCrashes } from './crash-sinks.ts';
import { fleet } from './fleet.ts';
import { folds } from './fold.ts';
import { copiedHistories } from './histories.ts';

await runBenches('soak', [...crashes, ...sinkCrashes, ...folds, ...copiedHistories, fleet]);
