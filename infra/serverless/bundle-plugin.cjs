require('./node-with-types.cjs');

module.exports = require('./bundle-plugin.ts').default;
