import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { type Document, isMap, isNode, isPair, LineCounter, type Node, type ParsedNode, parseAllDocuments } from 'yaml';
import { FileError } from './config-error.ts';
import { optionPath } from './option-path.ts';

/** One connector file: a YAML document, of which a file may hold several. */
export interface ConnectorDocument {
  /** As given on the command line; `-` is standard input. */
  readonly file: string;
  /** Parsed, not yet validated. */
  readonly data: unknown;
  /** Where an option stands, or where it would: `flights.yml:12:5`. */
  locate(option: string): string;
}

/** Reads connector files, folders of them (`*.yml`, `*.yaml`) and `-`, in this order. Throws CONFIG_INVALID with file, line and column. */
export async function readConnectorDocuments(names: readonly string[]): Promise<ConnectorDocument[]> {
  const documents: ConnectorDocument[] = [];
  for (const name of names) {
    for (const file of await filesOf(name)) documents.push(...parseDocuments(file, await contentOf(file)));
  }
  refuseRepeats(documents);
  return documents;
}

/** The documents of one file's text. */
export function parseDocuments(file: string, content: string): ConnectorDocument[] {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const documents = parseAllDocuments(content, { lineCounter: lines, prettyErrors: false, stringKeys: true })
    .map((document) => ({ document, data: toData(document, content, at) }))
    .filter(({ data }) => data !== null);
  if (documents.length === 0) throw invalid(file, 'is empty', 'see examples/kafka-to-rocketmq.yml');
  return documents.map(({ document, data }) => ({
    file,
    data,
    locate: (option) => at(nodeAt(document.contents, optionPath(option))?.range?.[0] ?? 0),
  }));
}

function toData(document: Document.Parsed, content: string, at: (offset: number) => string): unknown {
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const [offset] = problem.pos;
    const key = /^[^\s:]*/.exec(content.slice(offset))?.[0];
    const message = problem.code === 'DUPLICATE_KEY' ? `${key} stands twice in one section` : problem.message;
    throw invalid(at(offset), message, remedyFor(content, offset));
  }
  try {
    return document.toJS();
  } catch (error) {
    throw invalid(at(document.range[0]), (error as Error).message, 'correct the YAML', error);
  }
}

const invalid = (place: string, problem: string, remedy: string, cause?: unknown) => new FileError(place, problem, remedy, cause);

function remedyFor(content: string, offset: number): string {
  const line = content.slice(content.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  return /[[{,][^"']*\$\{/.test(line) ? 'put references inside [ ] or { } in quotes: "${env:NAME}"' : 'correct the YAML';
}

async function filesOf(name: string): Promise<string[]> {
  if (name === '-') return [name];
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'no such file or folder' : `can't be read (${error.code})`;
    throw invalid(name, reason, 'name a connector file', error);
  });
  if (!found.isDirectory()) return [name];
  const files = (await readdir(name)).filter((entry) => /\.ya?ml$/.test(entry)).sort();
  if (files.length === 0) throw invalid(name, 'holds no *.yml file', 'name a folder of connector files');
  return files.map((entry) => path.join(name, entry));
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return readText(process.stdin);
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw invalid(file, `can't be read (${error.code})`, 'check its permissions', error);
  });
}

/** The node of an option; its key where it has one; else the nearest section around it. */
function nodeAt(root: ParsedNode | null, keys: readonly string[]): Node | undefined {
  let node: unknown = root;
  let nearest: Node | undefined = isNode(root) ? root : undefined;
  for (const key of keys) {
    const items: readonly unknown[] = (isNode(node) && 'items' in node && (node.items as unknown[])) || [];
    const item = isMap(node) ? items.find((pair) => isPair(pair) && String(pair.key) === key) : items[Number(key)];
    const place = isPair(item) ? item.key : item;
    if (isNode(place)) nearest = place;
    node = isPair(item) ? item.value : item;
  }
  return nearest;
}

function refuseRepeats(documents: readonly ConnectorDocument[]): void {
  const first = new Map<unknown, ConnectorDocument>();
  for (const document of documents) {
    const name = (document.data as { name?: unknown } | null)?.name;
    const other = first.get(name);
    if (name !== undefined && other !== undefined) {
      throw invalid(
        document.locate('name'),
        `connector ${String(name)} is already at ${other.locate('name')}`,
        'give each connector a name of its own',
      );
    }
    first.set(name, document);
  }
}
