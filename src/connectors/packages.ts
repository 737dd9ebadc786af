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
    const exported = (await load().catch((error: unknown) => {
      throw wrong(name, `can't be loaded: ${toConnectError(error).message}`, `see whether \`npm install ${name}\` mends it`, error);
    })) as Partial<Record<keyof Registry, unknown>>;
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
      const value: unknown = await load();
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
  if (value.direction !== 'source') return `says direction: ${JSON.stringify(value.direction)}, and not "source"`;
  if (typeof value.summary !== 'string' || value.summary === '') return 'has no summary';
  if (!isObject(value.config) || typeof value.config.safeParse !== 'function') return 'has no config made with zod';
  return typeof value.create === 'function' ? undefined : 'has no function create';
}

function classProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'is no object';
  if (value.direction !== 'source') return `says direction: ${JSON.stringify(value.direction)}, and not "source"`;
  return typeof value.create === 'function' ? undefined : 'has no class in create';
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const wrong = (name: string, problem: string, remedy: string, cause?: unknown): ConnectError =>
  new ConnectError('CONFIG_INVALID', `connector package ${name} ${problem}`, { remedy, cause });
