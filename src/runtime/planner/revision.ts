import { ConnectError } from '../../api/index.ts';
import { fingerprint } from '../../kit/index.ts';
import type { ConnectorItem } from '../../store/store.ts';

/** Tells whether the configuration of a connector is still the one that somebody has read. */
export const revisionOf = ({ generation, spec, given }: ConnectorItem): string => fingerprint({ generation, spec, given });

export const changedMeanwhile = (name: string): ConnectError =>
  new ConnectError('PLAN_SUPERSEDED', `somebody else changed connector ${name} meanwhile`, {
    retriable: true,
    remedy: 'look at it, and apply again',
  });
