import { useRef, useState } from 'preact/hooks';
import type { Converted, Planned, Problem } from '../../src/console/answers.ts';
import { call } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { PlanReview } from '../parts/plan-review.tsx';
import { ProblemList } from '../parts/problem-list.tsx';
import { keyOf } from './fields.ts';
import { type Given, isForm, sentOf } from './given.ts';
import { OptionForm } from './option-form.tsx';
import { useValidation } from './use-validation.ts';
import { YamlBox } from './yaml-box.tsx';

interface Props {
  /** The connector that is changed. Absent for a new one. */
  readonly connector?: string;
  /** Of the configuration that is changed: what somebody else has put in force meanwhile is not replaced. */
  readonly revision?: string | undefined;
  readonly type: string;
  readonly initial: Given;
  readonly onApplied: (connector: string) => void;
  readonly onCancel: () => void;
}

const REFUSED = 'nothing was changed, because of the problems below';
const CHANGED = 'the configuration was changed meanwhile; press the button again';

type Accepted = Extract<Planned, { readonly ok: true }>;

/** Writes a configuration, as a form or as YAML, shows what it would change, and puts it in force. */
export function FileEditor({ connector, revision, type, initial, onApplied, onCancel }: Props) {
  const [given, setGiven] = useState<Given>(initial);
  const latest = useRef(given);
  const [refusals, setRefusals] = useState<readonly Problem[]>([]);
  const [planned, setPlanned] = useState<Accepted>();
  const action = useAction();
  const validation = useValidation(given, connector);
  // Nobody has to see what is missing before there was time to write it.
  const typed = isForm(given) ? validation.problems.filter(({ option }) => given.config[keyOf(option)]) : validation.problems;
  const problems = refusals.length > 0 ? refusals : typed;
  const change = (next: Given) => {
    latest.current = next;
    setGiven(next);
    setRefusals([]);
    setPlanned(undefined);
  };
  const sent = () => ({ given: sentOf(given), ...(connector !== undefined && { connector }) });
  /** What is answered is about the configuration that was sent. */
  const mustBeLatest = () => {
    if (latest.current !== given) throw new Error(CHANGED);
  };
  /** Asks. Throws where something is refused, and shows that. */
  const ask = async <Answer extends { readonly ok: boolean }>(path: string, body: unknown) => {
    const answer = await call<Answer | { readonly ok: false; readonly problems: readonly Problem[] }>('POST', path, body);
    if (answer.ok) return answer as Extract<Answer, { readonly ok: true }>;
    mustBeLatest();
    setRefusals((answer as { readonly problems: readonly Problem[] }).problems);
    setPlanned(undefined);
    throw new Error(REFUSED);
  };
  const convert = () =>
    void action.run('Convert', async () => {
      const converted = await ask<Converted>('/api/convert', sent().given);
      mustBeLatest();
      change(isForm(given) ? { yaml: converted.yaml } : { config: converted.config });
      return 'shown in the other form';
    });
  const plan = () =>
    void action.run('Plan', async () => {
      setPlanned(undefined);
      const answer = await ask<Planned>('/api/plan', sent());
      mustBeLatest();
      setPlanned(answer);
      return 'this is what would change; nothing is in force yet';
    });
  const apply = () =>
    void action.run('Apply', async () => {
      const answer = await ask<Planned>('/api/apply', { ...sent(), ...(revision !== undefined && { revision }) });
      setPlanned(undefined);
      onApplied(answer.plan.connector);
      return `plan ${answer.plan.generation} is in force`;
    });
  const busy = action.busy !== undefined;
  return (
    <div class="editor">
      <div class="buttons">
        <ActionButton kind="primary" off={busy} onPress={plan}>
          Show what changes
        </ActionButton>
        <ActionButton off={busy} onPress={convert}>
          {isForm(given) ? 'Write as YAML' : 'Show as a form'}
        </ActionButton>
        <ActionButton off={busy} onPress={onCancel}>
          Cancel
        </ActionButton>
      </div>
      <ActionOutcome {...action} />
      {(!isForm(given) || refusals.length > 0) && <ProblemList problems={problems} />}
      {planned && (
        <section class="note" aria-label="What changes">
          <h3>What changes</h3>
          <PlanReview planned={planned} />
          <div class="buttons">
            <ActionButton kind="primary" off={busy} onPress={apply}>
              Apply
            </ActionButton>
          </div>
        </section>
      )}
      {isForm(given) ? (
        <OptionForm
          type={given.config['connector.class'] || type}
          config={given.config}
          problems={problems}
          named={connector !== undefined}
          onConfig={(config) => change({ config })}
        />
      ) : (
        <YamlBox yaml={given.yaml} invalid={problems.some(({ level }) => level === 'error')} onYaml={(yaml) => change({ yaml })} />
      )}
    </div>
  );
}
