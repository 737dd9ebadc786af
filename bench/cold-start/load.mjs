// This loads modules one after the other, as a function does that turns out to need them. It prints the milliseconds of all of them.
const startedAt = performance.now();
for (const file of process.argv.slice(2)) await import(file);
process.stdout.write(String(performance.now() - startedAt));
