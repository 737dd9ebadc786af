import { useEffect, useState } from 'preact/hooks';
import type { ShownFile } from '../../src/console/answers.ts';
import { call, pathOf } from '../data/api.ts';
import { useAction } from '../data/use-action.ts';
import { usePolled } from '../data/use-polled.ts';
import { FileEditor } from '../editor/file-editor.tsx';
import type { Given } from '../editor/given.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ActionOutcome } from '../parts/action-outcome.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { TabProps } from './tab-content.tsx';

interface Edited {
  readonly given: Given;
  /** Of this configuration, and of none that is read while somebody writes. */
  readonly revision: string | undefined;
}

/** The configuration in force, and a way to change it. */
export function ConfigurationTab({ connector: { name, type, generation }, refresh }: TabProps) {
  const path = `/api${pathOf(name, '/file')}`;
  const { data, error, refresh: reload } = usePolled<ShownFile>(path, true);
  const [editing, edit] = useState<Edited>();
  const action = useAction();
  const read = data?.generation;
  useEffect(() => {
    if (read !== undefined && read !== generation) void reload();
  }, [read, generation, reload]);
  if (error && data === undefined) return <Trouble text={error.message} />;
  if (data === undefined) return <p class="quiet">Loading …</p>;
  if (editing !== undefined) {
    return (
      <FileEditor
        connector={name}
        revision={editing.revision}
        type={type}
        initial={editing.given}
        onCancel={() => edit(undefined)}
        onApplied={() =>
          void action.run('Apply', async () => {
            edit(undefined);
            await Promise.all([refresh(), reload()]);
            return 'the new configuration is in force';
          })
        }
      />
    );
  }
  const change = (form: boolean) =>
    void action.run('Read the configuration', async () => {
      // The revision first: what somebody changes between the two answers is refused then, and not undone.
      const { yaml, revision } = await call<ShownFile>('GET', path);
      const given = form ? { config: await call<Readonly<Record<string, string>>>('GET', pathOf(name, '/config')) } : { yaml };
      edit({ given, revision });
      return 'the configuration was read';
    });
  const busy = action.busy !== undefined;
  return (
    <>
      <div class="buttons">
        <ActionButton kind="primary" off={busy} onPress={() => change(false)}>
          Change as YAML
        </ActionButton>
        <ActionButton off={busy} onPress={() => change(true)}>
          Change in a form
        </ActionButton>
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
