import type { z } from 'zod';

/** Says what is wrong with the option at `path`, and the remedy. */
export type Issue = (path: string[], message: string, remedy: string) => void;

/** Reports what rules over several options find, for the `superRefine` of their section. */
export const issueIn =
  (context: z.core.$RefinementCtx): Issue =>
  (path, message, remedy) =>
    context.addIssue({ code: 'custom', path, message, params: { remedy } });
