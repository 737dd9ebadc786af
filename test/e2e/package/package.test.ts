import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { Workbench } from '../../integration/cli/workbench.ts';
import { uniqueName } from '../../support/names.ts';
import { Deployment } from '../deploy/deployment.ts';
import { Service } from '../deploy/service.ts';
import { Template } from '../deploy/template.ts';
import { InstalledPackage } from './installed-package.ts';
import { nodeVersion } from './node-version.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
/** For each version in `engines`, the oldest or the current one. The project's own runs this test. */
const SUPPORTED = ['22.22.0', process.versions.node, '26'];
const BUNDLED = ['@aws-sdk/client-dynamodb', '@platformatic/kafka', 'amqplib', 'rhea', 'mysql2', '@vlasky/zongji'];

describe('the npm package, in a folder without a checkout', () => {
  let installed: InstalledPackage;
  let bench: Workbench;

  beforeAll(async () => {
    installed = await InstalledPackage.create();
    bench = await Workbench.open();
  }, 900_000);

  afterAll(async () => {
    await bench.close();
    await installed.remove();
  }, 900_000);

  it('depends on nothing and is small enough for a registry', async () => {
    expect(JSON.parse(await installed.read('package.json')).dependencies).toBeUndefined();
    expect(await readdir(path.join(installed.folder, 'node_modules'))).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^(?!rocketmq-connect-serverless|\.)/)]),
    );
  });

  it('names in engines the versions of Node that are tested here', async () => {
    expect(JSON.parse(await installed.read('package.json')).engines.node).toBe('^22.22.0 || ^24.6.0 || ^26.0.0');
  });

  it.each(SUPPORTED)(
    'copies a topic on Node %s',
    async (version) => {
      const node = version === process.versions.node ? process.execPath : await nodeVersion(version);
      const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
      await bench.produce(from, 20, 1);
      const name = uniqueName('packed');
      const file = await bench.file(`${name}.yml`, bench.connectorFile({ name, from, to }));
      const program = { node, command: installed.command };
      expect(await bench.run(['describe', 'mysql-source'], program)).toMatchObject({ code: 0, stderr: '' });
      expect(await bench.run(['apply', file], program)).toMatchObject({ code: 0 });
      expect(await bench.run(['run', name, '--until-caught-up'], program)).toMatchObject({ code: 0 });
      expect(await bench.arrived(to)).toBe(20);
    },
    600_000,
  );

  it('says in one sentence that Node 20 is too old', async () => {
    const { code, stdout, stderr } = await bench.run(['list'], { node: await nodeVersion('20'), command: installed.command });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^rocketmq-connect: needs Node 22\.22 or newer, this is v20\.\S+; install a newer one from https:\/\/nodejs\.org\n$/,
    );
  }, 600_000);

  it('has every page that its pages link to', async () => {
    const pages = (await readdir(installed.root, { recursive: true })).filter((name) => name.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/operations.md', 'docs/connectors/kafka.md']));
    const dead: string[] = [];
    for (const page of pages) {
      for (const [, link = ''] of (await installed.read(page)).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
        await access(path.join(installed.root, path.dirname(page), link)).catch(() => dead.push(`${page}: ${link}`));
      }
    }
    expect(dead).toEqual([]);
  });

  it('has the console, and names the licences of what is in it', async () => {
    const page = await installed.read('dist/console/index.html');
    for (const [, file = ''] of page.matchAll(/(?:src|href)="\/console\/([^"]+)"/g))
      expect(await installed.read(`dist/console/${file}`)).not.toBe('');
    const notices = await installed.read('dist/LICENCES-OF-DEPENDENCIES.txt');
    for (const name of ['preact', 'uplot']) expect(notices).toContain(`\n${name} `);
  });

  it('carries the licences of all that is bundled, in the command line and in the functions', async () => {
    const functions = unzipSync(await readFile(path.join(installed.root, 'dist/functions.zip')));
    const notices = [await installed.read('dist/LICENCES-OF-DEPENDENCIES.txt'), strFromU8(functions['licences.txt'] ?? new Uint8Array())];
    for (const text of notices) {
      for (const name of BUNDLED) expect(text).toContain(`\n${name} `);
      expect(text).toMatch(/Permission is hereby granted, free of charge/);
      expect(text).toMatch(/Apache License\s+Version 2\.0/);
    }
    expect(await installed.read('LICENSE')).toMatch(/Apache License/);
  });

  describe('init', () => {
    it('refuses a folder that has such files, and changes nothing in it', async () => {
      const { folder } = await installed.init('twice');
      const before = await stat(path.join(folder, 'serverless.yml'));
      const { code, stderr } = await bench.run(['init', folder], { command: installed.command });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `CONFIG_INVALID: ${folder} already has serverless.yml; choose a new or empty folder\n`,
      });
      expect((await stat(path.join(folder, 'serverless.yml'))).mtimeMs).toBe(before.mtimeMs);
    });

    it.each(['activemq-source', 'kafka-source', 'mysql-source', 'rabbitmq-source'])('writes a valid connector file of %s', async (type) => {
      const { folder, printed } = await installed.init(type, '--type', type);
      expect(printed).toContain(`connectors/${type}.yml\n`);
      const { code, stdout } = await bench.run(['validate', path.join(folder, 'connectors')], { command: installed.command });
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/is valid\n$/) });
    });

    it('names the package as it was installed, and the deployment tool that was tested with it', async () => {
      const { folder } = await installed.init('manifest');
      const { devDependencies } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
      const { devDependencies: own } = JSON.parse(await readFile(path.join(PROJECT, 'package.json'), 'utf8'));
      expect(devDependencies.serverless).toBe(own.serverless);
      const [, archive = ''] = /^file:(.*)$/.exec(devDependencies['rocketmq-connect-serverless']) ?? [];
      await access(path.join(folder, archive));
    });
  });

  it('installed globally, as README says, writes packages and folders that npm can install', async () => {
    const prefix = path.join(installed.folder, 'global');
    const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', '--global', '--prefix', prefix, ...quiet, installed.archive]);
    const command = path.join(prefix, 'bin/rocketmq-connect');
    await run(command, ['new', 'source', 'far'], { cwd: prefix });
    const folder = path.join(prefix, 'far');
    await run('npm', ['install', ...quiet], { cwd: folder });
    const { stdout } = await run('npm', ['test', '--', '--test-reporter=tap'], { cwd: folder });
    // A source passes the conformance suite.
    expectPassed(stdout);
    await run(command, ['init', 'deployed'], { cwd: prefix });
    const { devDependencies } = JSON.parse(await readFile(path.join(prefix, 'deployed/package.json'), 'utf8'));
    expect(devDependencies['rocketmq-connect-serverless']).toBe(`file:${path.basename(installed.archive)}`);
    await access(path.join(prefix, 'deployed', path.basename(installed.archive)));
  }, 900_000);

  describe('a connector package that `new` wrote', () => {
    let connector: string;
    let project: string;

    beforeAll(async () => {
      connector = await installed.newConnector('acme');
      project = await installed.initWith('with-connector', connector);
    }, 900_000);

    it('passes the conformance suite as a sink, too', async () => {
      const folder = await installed.newConnector('acme-sink', 'sink');
      const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder });
      expectPassed(stdout);
    }, 900_000);

    it('has types for its author', async () => {
      const text = `
        import type { SourceTask } from 'rocketmq-connect-serverless/api';
        import { section, text, type z } from 'rocketmq-connect-serverless/config';
        import { assignSticky } from 'rocketmq-connect-serverless/kit';
        import { sourceCases } from 'rocketmq-connect-serverless/conformance';
        const config = section({ folder: text({ description: 'A folder.' }) }, { description: 'The system.' });
        export const folder: string = ({} as z.infer<typeof config>).folder;
        export const split: string[][] = assignSticky([folder], 1, []);
        export const cases: ReadonlyArray<{ readonly name: string }> = sourceCases({} as never);
        // @ts-expect-error no task has such a method
        export const none = (task: SourceTask) => task.pull();
        // @ts-expect-error an option is no number
        export const number: number = ({} as z.infer<typeof config>).folder;
      `;
      await writeFile(path.join(connector, 'types.ts'), text);
      await symlink(path.join(PROJECT, 'node_modules/@types'), path.join(connector, 'node_modules/@types'));
      const tsc = path.join(PROJECT, 'node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', '--types', 'node'];
      const { stdout } = await run(process.execPath, [tsc, ...options, 'types.ts'], { cwd: connector }).catch((error) => error);
      expect(stdout).toBe('');
      await rm(path.join(connector, 'types.ts'));
    }, 900_000);

    it('is known to the command line of a project that names it', async () => {
      const file = path.join(project, 'connectors/lines.yml');
      const source = `source: { folder: ${JSON.stringify(project)} }`;
      await writeFile(file, `name: lines\ntype: acme-source\n${source}\nrocketmq: { endpoints: '127.0.0.1:9876', topic: lines }\n`);
      const { stdout } = await run(process.execPath, [installed.command, 'validate', file], { cwd: project });
      expect(stdout).toBe(`${file}: connector lines is valid\n`);
    }, 60_000);

    it('is in the functions that such a project deploys', async () => {
      const { code, output } = await new Service(project).sls(['package'], { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' });
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Connector packages in the functions: acme') });
      const functions = path.join(project, 'functions-unpacked');
      for (const [name, content] of Object.entries(
        unzipSync(await readFile(path.join(project, '.serverless/rocketmq-connect-connectors.zip'))),
      )) {
        await mkdir(path.join(functions, path.dirname(name)), { recursive: true });
        await writeFile(path.join(functions, name), content);
      }
      const script = `
        const { packages } = await import('./functions/packages.mjs');
        const { connectorTypes, taskClasses } = await packages.acme();
        const { type, config } = await connectorTypes['acme-source']();
        const { create } = await taskClasses.AcmeSourceTask();
        console.log(type, config.safeParse({ folder: '/tmp' }).success, create.name);`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: functions });
      expect(stdout).toBe('acme-source true AcmeSourceTask\n');
    }, 900_000);
  });

  describe('a folder made by init', () => {
    let deployment: Deployment;
    let folder: string;

    beforeAll(async () => {
      ({ folder } = await installed.init('deployed'));
      deployment = await Deployment.prepare(new Service(folder));
      await deployment.service.removeConnector('kafka-source');
      await deployment.writeConnector({ name: 'orders', maxTasks: 2, schedule: 'rate(5 minutes)' });
    }, 600_000);

    afterAll(() => deployment.clean(), 300_000);

    it('deploys: a task of the function that it uploads copies the topic', async () => {
      await deployment.produce(25);
      expect(await deployment.deploy()).toMatch(/orders: 2 create, .* schedules: 1 created/);
      const task = await deployment.cloud.functions.start(`${deployment.name}-task`);
      const { payload } = await task.invoke({ connector: 'orders', task: 0 });
      expect(JSON.parse(payload)).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 50 } });
    }, 900_000);

    it('deploys what a checkout deploys', async () => {
      const checkout = await Service.create();
      const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' };
      try {
        const results = await Promise.all([deployment.service.sls(['package'], env), checkout.sls(['package'], env)]);
        expect(results.map(({ code }) => code)).toEqual([0, 0]);
        expect(await contentOf(folder)).toEqual(await contentOf(checkout.folder));
      } finally {
        await checkout.remove();
      }
    }, 900_000);
  });
});

/** `tap`: what Node's test runner printed. */
function expectPassed(tap: string): void {
  expect(tap).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(tap)?.[1])).toBeGreaterThan(12);
}

/** Returns the template without the place of an upload. */
async function contentOf(folder: string): Promise<unknown> {
  const { resources } = await Template.read(folder);
  return JSON.parse(JSON.stringify(resources, (key, value) => (key === 'S3Key' ? undefined : value)));
}
