import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const CACHE = path.resolve(import.meta.dirname, '../../.stack/py');

/** The folder of a package of PyPI, for `PYTHONPATH`. It is installed with the first use. `requirement`: `moto[server]==5.2.1`. */
export async function pythonLibrary(requirement: string): Promise<string> {
  const library = path.join(CACHE, requirement.replace(/\[.*?\]/, '').replace('==', '-'));
  const exists = () =>
    access(library).then(
      () => true,
      () => false,
    );
  if (await exists()) return library;
  await mkdir(CACHE, { recursive: true });
  // Installed aside and renamed, so that two test files at once never see half of it.
  const aside = await mkdtemp(path.join(CACHE, 'install-'));
  try {
    await promisify(execFile)('python3', ['-m', 'pip', 'install', '--quiet', '--target', aside, requirement]);
    await rename(aside, library);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await exists())) {
      throw new Error(`can't install ${requirement}: needs Python 3.10 or newer with pip, and PyPI; set PIP_INDEX_URL to use a mirror`, {
        cause: error,
      });
    }
  }
  return library;
}
