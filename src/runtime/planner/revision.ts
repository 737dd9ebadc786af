import { fingerprint } from '../../kit/index.ts';
import type { ConnectorItem } from '../../store/store.ts';

/** Tells whether the configuration of a connector is still the one that somebody has read. */
export const revisionOf = ({ generation, given }: ConnectorItem): string => fingerprint({ generation, given });
