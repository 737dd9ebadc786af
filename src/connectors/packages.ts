import { ConnectError, type ConnectorType, type TaskClass, toConnectError } from '../api/index.ts';

/** Connector types by name, and task classes by the name that connectors give; each is loaded when it is used. */
export interface Registry {
  readonly connectorTypes: Readonly<Record<string, () => Promise<ConnectorType>>>;
  readonly taskClasses: Readonly<Record<string, () => Promise<TaskClass>>>;
}

/** Modules of connector packages by the packages' names. A module exports a `Registry` of its own. */
export type ConnectorPackages = Readonly<Record<string, () => Promise<unknown>>>;

type Loaders = Readonly<Record<string, () => Promise<unknown>>>;

/** What a package exports, and what each entry of it must load. */
const PARTS = {
  connectorTypes: { entry: 'connector type', problem: typeProblem },
  taskClasses: { entry: 'task class', problem: classProblem },
} as const;

/** The registry with what connector packages add. Throws CONFIG_INVALID, which names the package, for the first one that is wrong. */
export async function withPackages(own: Registry, packages: ConnectorPackages): Promise<Registry> {
  let registry = own;
  for (const [name, load] of Object.entries(packages)) {
    const loaded = await load().catch((error: unknown) => {
      throw unloadable(name, "can't be loaded", error);
    });
    const exported = exportsOf(loaded);
    registry = {
      connectorTypes: { ...registry.connectorTypes, ...added(name, 'connectorTypes', exported, registry, own) },
      taskClasses: { ...registry.taskClasses, ...added(name, 'taskClasses', exported, registry, own) },
    } as Registry;
  }
  return registry;
}

function added(
  name: string,
  part: keyof typeof PARTS,
  exported: Partial<Record<keyof Registry, unknown>>,
  taken: Registry,
  own: Registry,
): Loaders {
  const { entry, problem } = PARTS[part];
  const loaders = exported[part];
  if (!isObject(loaders) || Object.keys(loaders).length === 0)
    throw wrong(name, `exports no ${part}`, `export ${part}: an object with a function for each ${entry}, which loads it`);
  const checked = Object.entries(loaders).map(([key, load]) => {
    if (typeof load !== 'function') {
      throw wrong(
        name,
        `has no function in ${part}[${JSON.stringify(key)}]`,
        'write it as () => import(...), so that it is loaded when it is used',
      );
    }
    if (Object.hasOwn(taken[part], key)) {
      const owner = Object.hasOwn(own[part], key) ? 'this product' : 'another package';
      throw wrong(name, `has a ${entry} ${key}, as ${owner} has`, 'remove one of the packages, or let its author choose another name');
    }
    const checkedLoad = async () => {
      const value: unknown = await Promise.resolve(load()).catch((error: unknown) => {
        throw unloadable(name, `can't load its ${entry} ${key}`, error);
      });
      const found = problem(value, key);
      if (found !== undefined) throw wrong(name, `loads a ${entry} ${key} that ${found}`, 'let its author correct it');
      return value;
    };
    return [key, checkedLoad] as const;
  });
  return Object.fromEntries(checked);
}

function typeProblem(value: unknown, key: string): string | undefined {
  if (!isObject(value)) return 'is no object';
  if (value.type !== key) return `says type: ${JSON.stringify(value.type)}`;
  if (!isDirection(value.direction)) return `says direction: ${JSON.stringify(value.direction)}, and not "source" or "sink"`;
  if (typeof value.summary !== 'string' || value.summary === '') return 'has no summary';
  if (!isObject(value.config) || typeof value.config.safeParse !== 'function') return 'has no config made with zod';
  return typeof value.create === 'function' ? undefined : 'has no function create';
}

function classProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'is no object';
  if (!isDirection(value.direction)) return `says direction: ${JSON.stringify(value.direction)}, and not "source" or "sink"`;
  return typeof value.create === 'function' ? undefined : 'has no class in create';
}

const isDirection = (value: unknown): boolean => value === 'source' || value === 'sink';

/** Node names the exports of a CommonJS module only where it finds them in its text; all are in `default`. */
function exportsOf(loaded: unknown): Partial<Record<keyof Registry, unknown>> {
  if (!isObject(loaded)) return {};
  const named = Object.keys(PARTS).some((part) => part in loaded);
  return !named && isObject(loaded.default) ? loaded.default : loaded;
}

/** What Node says of a package that it can't import, and what helps, as sentences begin with the name of the package. */
function unloadable(name: string, what: string, error: unknown): ConnectError {
  const { message } = toConnectError(error);
  const code = (error as { code?: unknown } | undefined)?.code;
  const known: Partial<Record<string, string>> = {
    NOT_INSTALLED: `run \`npm install ${name}\``,
    ERR_MODULE_NOT_FOUND: `install what it imports beside it; a linked package needs it in its own node_modules`,
    ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING: 'let its package.json name compiled JavaScript',
    ERR_UNKNOWN_FILE_EXTENSION: 'let its package.json name compiled JavaScript',
  };
  const remedy = known[String(code)] ?? `let its author correct it, or take it out of "rocketmq-connect".connectors in package.json`;
  return wrong(name, `${what}: ${message}`, remedy, error);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const wrong = (name: string, problem: string, remedy: string, cause?: unknown): ConnectError =>
  new ConnectError('CONFIG_INVALID', `connector package ${name} ${problem}`, { remedy, cause });
