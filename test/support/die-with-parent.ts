// Loaded before a test's child program: ends it when the test's process is gone, however that ended.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
