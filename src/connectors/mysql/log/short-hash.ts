import { createHash } from 'node:crypto';

/** Eight hex digits that tell values apart which JSON tells apart. */
export const shortHash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
