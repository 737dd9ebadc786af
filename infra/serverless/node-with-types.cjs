// The plugin and what it loads are TypeScript, and osls loads it with `require`. That needs a Node that strips types.
if (!process.features.typescript) {
  throw new Error(`osls runs on Node ${process.versions.node}, but needs 24 here: run "npx sls", which finds that in node_modules`);
}
