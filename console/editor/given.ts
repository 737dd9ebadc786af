import { withoutEmpty } from './fields.ts';

/** A configuration as a person writes it: as a text or as a form. */
export type Given = { readonly yaml: string } | { readonly config: Readonly<Record<string, string>> };

export const isForm = (given: Given): given is Extract<Given, { readonly config: unknown }> => 'config' in given;

/** What the server gets: fields of a form that are empty are not set. */
export const sentOf = (given: Given): Given => (isForm(given) ? { config: withoutEmpty(given.config) } : given);
