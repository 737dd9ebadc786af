/** A folder that `init` made finds the package here. */
const PACKAGE = 'node_modules/rocketmq-connect-serverless';

/** The differences for bundled functions: texts of the checkout's `serverless.yml`, and their replacements. */
const CHANGES: ReadonlyArray<readonly [string, string]> = [
  [
    '# Deploys the planner, the task function and what they need; then applies connectors/*.yml. See docs/deploy.md.\n',
    `# Deploys the planner, the task function and what they need; then applies connectors/*.yml.\n# See ${PACKAGE}/docs/deploy.md.\n`,
  ],
  [
    "  # Makes the functions' archive, to which the other one adds connector packages.\n  - ./infra/serverless/bundle-plugin.cjs\n  - ./infra/serverless/index.cjs\n",
    '  - rocketmq-connect-serverless\n',
  ],
  ['${file(infra/serverless/region.cjs)}', `\${file(${PACKAGE}/dist/region.cjs)}`],
  ['\nprovider:\n', `\npackage:\n  artifact: ${PACKAGE}/dist/functions.zip\n\nprovider:\n`],
];

/**
 * Returns the `serverless.yml` for a folder without a checkout, from the checkout's own. Throws if that no longer has a text to replace.
 */
export function packagedService(text: string): string {
  const changed = CHANGES.reduce((service, [from, to]) => {
    if (service.split(from).length !== 2)
      throw new Error(`serverless.yml has changed; look at what ${import.meta.filename} replaces: ${from}`);
    return service.replace(from, () => to);
  }, text);
  return changed.replaceAll('${file(infra/', `\${file(${PACKAGE}/infra/`);
}
