import type { ValidateResult } from '../../runtime/planner-api.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { forEachDocument, readValidDocuments, type ValidDocument } from '../shared/documents.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask, reportFindings } from '../terminal/failures.ts';

export const run: CommandRun = async (files, flags, output) => {
  const results: object[] = [];
  const show = ({ document, spec }: ValidDocument, findings: ValidateResult['findings'], checked: string) => {
    reportFindings(findings, output, document);
    results.push({ file: document.file, connector: spec.name, findings });
    if (!flags.json) output.result(`${document.file}: connector ${spec.name} is valid${checked}`);
  };
  const check = (documents: readonly ValidDocument[]) => forEachDocument(documents, output, async (valid) => show(valid, [], ''));
  const reach = (documents: readonly ValidDocument[]) =>
    withTarget(flags, output, ({ planner }) =>
      forEachDocument(documents, output, async (valid) => {
        const { findings } = await ask<ValidateResult>(planner, { action: 'validate', file: valid.document.data, reach: true });
        show(valid, findings, ', and both ends answer');
      }),
    );
  const documents = await readValidDocuments(files, output);
  const code = documents === undefined ? EXIT.usage : await (flags.reach ? reach(documents) : check(documents));
  if (flags.json) output.json(results);
  return code;
};
