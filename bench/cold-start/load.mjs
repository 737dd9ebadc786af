// Loads modules one after the other, as a function does that comes to need them, and prints the milliseconds of all.
const startedAt = performance.now();
for (const file of process.argv.slice(2)) await import(file);
process.stdout.write(String(performance.now() - startedAt));
