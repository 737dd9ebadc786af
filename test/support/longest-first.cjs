const { default: Sequencer } = require('@jest/test-sequencer');

/** These take longest, the first ones most, but their files are short. */
const LONGEST = [
  /\/test\/contract\/[^/]+-(crashes|source-faults)\.test\.ts$/,
  /\/test\/e2e\//,
  /\/test\/contract\/[^/]+$/,
  // They wait for servers that come back, or for a minute that a server takes.
  /\/test\/integration\/(rocketmq\/own-broker|kafka\/(sink-)?faults|stack\/(main-job|stack)|rabbitmq\/(queues|sink-faults))\.test\.ts$/,
  // Its cases are in parts beside it.
  /\/test\/integration\/console\/browser\.test\.ts$/,
];

/**
 * Jest starts the files first that took longest the last time, so that all workers end together. Where there was no last time, it starts
 * large files first; this starts those first that are known to take long.
 */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return sorted.some(({ duration }) => duration !== undefined) ? sorted : sorted.toSorted((a, b) => rank(a.path) - rank(b.path));
  }
};

function rank(file) {
  const found = LONGEST.findIndex((pattern) => pattern.test(file));
  return found === -1 ? LONGEST.length : found;
}
