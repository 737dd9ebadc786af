import { ConnectError } from '../api/index.ts';

/** How a member must look. `any`: the object has it, whatever its value is. */
export type MemberKind = 'function' | 'object' | 'number' | 'boolean' | 'any';

/** Undocumented members of a package that we use. */
export interface VendorInternals {
  readonly package: string;
  /** The version in which we tested these members. `package.json` pins the same one. */
  readonly version: string;
  /** The members of each class or object, by name. */
  readonly members: Readonly<Record<string, Readonly<Record<string, MemberKind>>>>;
}

/** Throws INTERNAL, and names the package, the version and the member, if `object` lacks a member of the part `name`. */
export function requireInternals({ package: vendor, version, members }: VendorInternals, name: string, object: object): void {
  for (const [member, kind] of Object.entries(members[name] ?? {})) {
    if (hasMember(object, member, kind)) continue;
    throw new ConnectError('INTERNAL', `${vendor} lacks the ${kind === 'any' ? 'member' : kind} ${name}.${member} of version ${version}`, {
      remedy: `install ${vendor} ${version}`,
    });
  }
}

function hasMember(object: object, member: string, kind: MemberKind): boolean {
  const value = (object as Readonly<Record<string, unknown>>)[member];
  return kind === 'any' ? member in object : typeof value === kind && value !== null;
}
