import type { CommandSpec } from './command-specs/command-spec.ts';
import { deadLetterCommands } from './command-specs/dead-letters.ts';
import { fileCommands } from './command-specs/files.ts';
import { insightCommands } from './command-specs/insight.ts';
import { lifecycleCommands } from './command-specs/lifecycle.ts';
import { offsetCommands } from './command-specs/offsets.ts';
import { recordCommands } from './command-specs/records.ts';
import { referenceCommands } from './command-specs/reference.ts';
import { serverCommands } from './command-specs/servers.ts';

/** Groups of commands. */
export const groups: Readonly<Record<string, string>> = {
  offsets: 'Positions: where each partition of a connector goes on',
  dlq: 'Dead letters: records that could not be copied, in the topic errors.deadLetterTopic',
};

/** The help lists the commands in this order. */
export const commands: readonly CommandSpec[] = [
  ...fileCommands,
  ...insightCommands,
  ...recordCommands,
  ...lifecycleCommands,
  ...offsetCommands,
  ...deadLetterCommands,
  ...referenceCommands,
  ...serverCommands,
];
