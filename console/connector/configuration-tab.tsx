import { useState } from 'preact/hooks';
import type { ShownFile } from '../../src/console/answers.ts';
import { call, pathOf } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { usePolled } from '../data/use-polled.ts';
import { FileEditor } from '../editor/file-editor.tsx';
import type { Given } from '../editor/given.ts';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { TabProps } from './tab-content.tsx';

/** The configuration in force, and a way to change it. */
export function ConfigurationTab({ connector, refresh }: TabProps) {
  const { name, type } = connector;
  const { data, error, refresh: reload } = usePolled<ShownFile>(`/api${pathOf(name, '/file')}`, true);
  const [editing, edit] = useState<Given>();
  const action = useAction();
  if (error && data === undefined) return <Trouble text={error.message} />;
  if (data === undefined) return <p class="quiet">Loading …</p>;
  const applied = async () => {
    edit(undefined);
    await Promise.all([refresh(), reload()]);
  };
  if (editing !== undefined) {
    return (
      <FileEditor
        connector={name}
        revision={data.revision}
        type={type}
        initial={editing}
        onCancel={() => edit(undefined)}
        onApplied={() =>
          void action.run('Apply', async () => {
            await applied();
            return 'the new configuration is in force';
          })
        }
      />
    );
  }
  const asForm = () =>
    void action.run('Open the form', async () => {
      edit({ config: await call<Readonly<Record<string, string>>>('GET', pathOf(name, '/config')) });
      return 'the form is open';
    });
  return (
    <>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => edit({ yaml: data.yaml })}>
          Change as YAML
        </button>
        <button type="button" onClick={asForm}>
          Change in a form
        </button>
        <a class="button" href={`/api${pathOf(name, '/file?download=1')}`} download={`${name}.yml`}>
          Download
        </a>
      </div>
      <ActionOutcome {...action} />
      <p class="quiet">The configuration of plan {data.generation}, which is in force, with all defaults. Secrets are references.</p>
      <pre class="file">{data.yaml}</pre>
    </>
  );
}
