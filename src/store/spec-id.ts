import type { ConnectorSpec } from '../config/connector-spec.ts';
import { fingerprint } from '../kit/index.ts';

/** Each task of a plan has it on its item. */
const LENGTH = 12;

/** Returns a short text that stands for a spec among those of one plan. Equal specs have the same. */
export const specId = (spec: ConnectorSpec): string => fingerprint(spec).slice(0, LENGTH);
