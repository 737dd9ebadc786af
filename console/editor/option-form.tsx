import type { Problem } from '../../src/console/answers.ts';
import type { Definition } from '../../src/rest/answers/definition.ts';
import { usePolled } from '../data/use-polled.ts';
import { counted } from '../format/numbers.ts';
import { Trouble } from '../parts/trouble.tsx';
import { groupsOf, problemsOf } from './fields.ts';
import { OptionField } from './option-field.tsx';

/** The options of the system itself: which topic, queue or table is often one that may be left out. */
const SYSTEM: readonly string[] = ['source', 'sink'];

interface Props {
  readonly type: string;
  readonly config: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
  /** The name of a connector that exists can't be changed. */
  readonly named: boolean;
  readonly onConfig: (config: Readonly<Record<string, string>>) => void;
}

/** The options of a connector type as a form. The server describes them. */
export function OptionForm({ type, config, problems, named, onConfig }: Props) {
  const { data, error } = usePolled<readonly Definition[]>(`/connector-plugins/${encodeURIComponent(type)}/config`, true);
  if (error) return <Trouble text={error.message} />;
  if (data === undefined) return <p class="quiet">Loading …</p>;
  const field = (definition: Definition) => (
    <OptionField
      key={definition.name}
      definition={definition}
      value={config[definition.name] ?? ''}
      problems={problemsOf(definition.name, problems)}
      readOnly={named && definition.name === 'name'}
      onValue={(value) => onConfig({ ...config, [definition.name]: value })}
    />
  );
  return (
    <>
      {groupsOf(data).map(({ name, required, optional }) => (
        <fieldset key={name} class="group">
          <legend>{name}</legend>
          {required.map(field)}
          {optional.length > 0 && (
            <details
              open={SYSTEM.includes(name) || optional.some((each) => config[each.name] || problemsOf(each.name, problems).length > 0)}
            >
              <summary>{counted(optional.length, 'more option')}</summary>
              {optional.map(field)}
            </details>
          )}
        </fieldset>
      ))}
    </>
  );
}
