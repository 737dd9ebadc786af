import type { Issue } from '../../../config/issue.ts';
import { patternProblem } from '../../../config/linear-pattern.ts';
import { hasReference } from '../../../config/references.ts';
import { asList } from '../../../config/text-list.ts';
import { vhostIn } from '../protocol/address.ts';
import { MAX_SHORT_TEXT_BYTES } from '../protocol/short-text.ts';
import { plannedPartitions } from './partitions.ts';

interface Selection {
  readonly queues?: readonly string[] | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly superStreams?: readonly string[] | undefined;
  readonly queuePattern?: string | undefined;
  readonly managementUrl?: string | undefined;
  readonly consumersPerQueue: number;
}

/** What to copy. */
export function refineSelection(config: Selection, issue: Issue): void {
  const { queues = [], streams = [], superStreams = [], queuePattern, managementUrl, consumersPerQueue } = config;
  const names = [...queues, ...streams, ...superStreams];
  if (names.length === 0 && queuePattern === undefined) {
    issue(['queues'], 'missing', 'set it to a list of queues, or source.streams to a list of streams');
  }
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) issue(['queues'], `${JSON.stringify(twice)} is listed twice`, 'name each queue and stream once');
  else if (plannedPartitions(config).size < queues.length * consumersPerQueue + streams.length) {
    issue(['consumersPerQueue'], 'two consumers would get the same name, like orders@0', 'set it to 1, or rename a queue');
  }
  if (managementUrl === undefined && (queuePattern !== undefined || superStreams.length > 0)) {
    const asking = queuePattern === undefined ? 'source.superStreams' : 'source.queuePattern';
    const remedy = 'set it to the address of the management plugin, like http://rabbit-1:15672';
    issue(['managementUrl'], `missing, but ${asking} needs it`, remedy);
  }
  const problem = queuePattern === undefined || hasReference(queuePattern) ? undefined : patternProblem(queuePattern);
  if (problem !== undefined) issue(['queuePattern'], `is no regular expression: ${problem}`, 'correct it');
}

interface Credentials {
  readonly urls: string | readonly string[];
  readonly mechanism: 'PLAIN' | 'EXTERNAL';
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: { readonly cert?: string | undefined } | undefined;
}

/** Addresses may bring what else has options of its own; a reference may stand for such an address. */
export function refineCredentials({ urls, mechanism, username, password, tls }: Credentials, issue: Issue): void {
  const addresses = asList(urls);
  const bring = (part: 'username' | 'password') =>
    addresses.every((address) => hasReference(address) || (URL.canParse(address) && new URL(address)[part] !== ''));
  const remedy = 'set it, or source.mechanism to EXTERNAL';
  if (mechanism === 'PLAIN' && username === undefined && !bring('username')) issue(['username'], 'missing', remedy);
  if (mechanism === 'PLAIN' && password === undefined && !bring('password')) issue(['password'], 'missing', remedy);
  if (mechanism === 'EXTERNAL' && tls?.cert === undefined) {
    issue(['tls', 'cert'], 'missing, but source.mechanism is EXTERNAL', "set source.tls.cert and source.tls.key to this client's own");
  }
  const isTooLong = (address: string) =>
    !hasReference(address) && URL.canParse(address) && Buffer.byteLength(vhostIn(new URL(address)) ?? '') > MAX_SHORT_TEXT_BYTES;
  if (addresses.some(isTooLong)) issue(['urls'], `names a virtual host of more than ${MAX_SHORT_TEXT_BYTES} bytes`, 'correct it');
}
