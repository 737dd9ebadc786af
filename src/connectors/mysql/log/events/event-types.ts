/** Types of events, by their numbers in the binary log. */
export const EventType = {
  query: 2,
  userVar: 14,
  formatDescription: 15,
  executeLoad: 18,
  tableMap: 19,
  incident: 26,
  partialUpdate: 39,
  payload: 40,
  queryCompressed: 165,
} as const;

/** Rows that were inserted, updated or deleted, in all forms that the reader decodes. */
const ROWS = new Set([23, 24, 25, 30, 31, 32, 166, 167, 168, 169, 170, 171]);

/**
 * What the reader decodes, and what changes no rows: stop, rotate, the values that a statement needs, parts of a file that it loads, marks of
 * replication, heartbeats, GTIDs and lists of these, comments, checkpoints. A log that is encrypted is sent as it was before.
 */
const UNDERSTOOD = new Set([
  ...[2, 3, 4, 5, 13, 14, 15, 16, 17, 9, 11, 19, 27, 28, 29, 33, 34, 35, 36, 37, 38, 41, 42],
  ...[160, 161, 162, 163, 164, 165],
]);

const NAMES: Readonly<Record<number, string>> = {
  ...{ 1: 'START_V3', 6: 'LOAD', 7: 'SLAVE', 8: 'CREATE_FILE', 10: 'EXEC_LOAD', 12: 'NEW_LOAD' },
  ...{ 20: 'PRE_GA_WRITE_ROWS', 21: 'PRE_GA_UPDATE_ROWS', 22: 'PRE_GA_DELETE_ROWS' },
};

/** A reader that does not know such an event may pass it over, says the server. */
const IGNORABLE = 0x80;

export const holdsRows = (type: number): boolean => ROWS.has(type);
export const isUnderstood = (type: number): boolean => UNDERSTOOD.has(type);
export const isIgnorable = (flags: number): boolean => (flags & IGNORABLE) !== 0;
/** As the server calls it. */
export const typeName = (type: number): string => (NAMES[type] === undefined ? `type ${type}` : `${NAMES[type]}_EVENT (type ${type})`);
