import { useId } from 'preact/hooks';

interface Props {
  readonly yaml: string;
  readonly invalid: boolean;
  readonly onYaml: (yaml: string) => void;
}

/** A connector file as text, typed or taken from a file. */
export function YamlBox({ yaml, invalid, onYaml }: Props) {
  const id = useId();
  const upload = async ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const [file] = currentTarget.files ?? [];
    if (file !== undefined) onYaml(await file.text());
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
    </>
  );
}
