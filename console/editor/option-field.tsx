import { useId } from 'preact/hooks';
import type { Problem } from '../../src/console/answers.ts';
import type { Definition } from '../../src/rest/answers/definition.ts';

interface Props {
  readonly definition: Definition;
  readonly value: string;
  readonly problems: readonly Problem[];
  readonly readOnly: boolean;
  readonly onValue: (value: string) => void;
}

/** One option of a connector, with what it means and what is wrong with it. */
export function OptionField({ definition, value, problems, readOnly, onValue }: Props) {
  const { name, type, required, documentation, default_value: without } = definition;
  const id = useId();
  const describedBy = `${id}-help`;
  const shared = {
    id,
    'aria-describedby': describedBy,
    'aria-invalid': problems.length > 0,
    required,
  } as const;
  return (
    <div class="field">
      <label for={id}>
        <code>{name}</code>
        {required && <span class="quiet"> (required)</span>}
      </label>
      {type === 'BOOLEAN' ? (
        <select {...shared} value={value} disabled={readOnly} onChange={({ currentTarget }) => onValue(currentTarget.value)}>
          <option value="">{without === null ? 'not set' : `default: ${without}`}</option>
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      ) : (
        <input
          {...shared}
          value={value}
          readOnly={readOnly}
          spellcheck={false}
          autocomplete="off"
          placeholder={type === 'PASSWORD' ? '${env:NAME}' : (without ?? '')}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      )}
      <div id={describedBy} class="help">
        {problems.map(({ message, remedy }) => (
          <p key={message} class="bad-text">
            {message}
            {remedy ? `; ${remedy}` : ''}
          </p>
        ))}
        <p>
          {documentation}
          {type === 'LIST' && !documentation.includes('comma') && ' With commas between them.'}
          {type === 'PASSWORD' && ' Write a reference, never the secret itself.'}
        </p>
      </div>
    </div>
  );
}
