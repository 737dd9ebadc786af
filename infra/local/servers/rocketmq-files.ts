import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logbackXml } from './rocketmq-conf.ts';
import type { Site } from './server.ts';

/** Returns the path of a file of configuration of this name. */
export const confFile = (site: Site, name: string): string => join(site.dir, 'conf', name);

/** Writes files of configuration, by name, and the one that says where RocketMQ logs. */
export async function writeConf(site: Site, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(site.dir, 'conf'), { recursive: true });
  const all = Object.entries({ ...files, 'rmq.logback.xml': logbackXml });
  await Promise.all(all.map(([name, text]) => writeFile(confFile(site, name), text)));
}

/** Returns the arguments of Java that all processes of RocketMQ have alike. The class to start comes next. */
export const rocketmqJava = (site: Site): string[] => [
  '-XX:+UseSerialGC',
  `-Duser.home=${site.dir}`,
  // The proxy leaves its self-made certificate in the folder for temporary files.
  `-Djava.io.tmpdir=${site.dir}`,
  `-Drocketmq.home.dir=${site.dir}`,
  '--add-exports=java.base/sun.nio.ch=ALL-UNNAMED',
  '-cp',
  `${join(site.dir, 'conf')}:${join(site.programs, '*')}`,
];
