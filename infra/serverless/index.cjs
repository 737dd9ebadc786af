require('./node-with-types.cjs');

module.exports = require('./connect-plugin.ts').default;
