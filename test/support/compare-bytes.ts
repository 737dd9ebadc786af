import { expect } from '@jest/globals';

// Jest's own comparison takes a second for a mebibyte.
expect.addEqualityTesters([(a, b) => (Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : undefined)]);
