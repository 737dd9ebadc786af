require('./node-with-types.cjs');

module.exports = require('./region.ts').default;
