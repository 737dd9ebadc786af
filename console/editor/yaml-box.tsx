import { useId, useState } from 'preact/hooks';
import { Trouble } from '../parts/trouble.tsx';

interface Props {
  readonly yaml: string;
  readonly invalid: boolean;
  readonly onYaml: (yaml: string) => void;
}

/** A connector file as text, typed or taken from a file. */
export function YamlBox({ yaml, invalid, onYaml }: Props) {
  const id = useId();
  const [unread, setUnread] = useState<string>();
  const upload = async ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const [file] = currentTarget.files ?? [];
    if (file === undefined) return;
    try {
      onYaml(await file.text());
      setUnread(undefined);
    } catch {
      setUnread(file.name);
    }
  };
  return (
    <>
      <label for={id}>Connector file, in YAML</label>
      <textarea
        id={id}
        value={yaml}
        spellcheck={false}
        aria-invalid={invalid}
        onInput={({ currentTarget }) => onYaml(currentTarget.value)}
      />
      <label class="upload">
        Or take a file: <input type="file" accept=".yml,.yaml" onChange={(event) => void upload(event)} />
      </label>
      {unread !== undefined && <Trouble text={`the browser can't read ${unread}; choose it again`} />}
    </>
  );
}
