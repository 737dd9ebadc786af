export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/compare-bytes.ts'],
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Patience with a machine that is busy with other things: what has a time limit of its own proves it itself.
  testTimeout: 360_000,
  // A worker keeps the modules of each file that it ran: at 2 GiB its garbage collections last longer than servers wait.
  workerIdleMemoryLimit: '700MB',
};
