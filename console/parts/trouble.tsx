interface Props {
  readonly text: string;
  /** Screen readers say it at once, and again whenever it changes. Default true. */
  readonly live?: boolean;
}

/** Something that is wrong, and what to do about it. It stands behind the last semicolon of a message. */
export function Trouble({ text, live = true }: Props) {
  return (
    <div class="trouble" role={live ? 'alert' : undefined}>
      {text.split('\n').map((line) => (
        <TroubleLine key={line} line={line} />
      ))}
    </div>
  );
}

function TroubleLine({ line }: { readonly line: string }) {
  const at = line.lastIndexOf('; ');
  const [message, remedy] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 2)];
  return (
    <p>
      <span>{message}</span>
      {remedy !== '' && <span class="remedy">What to do: {remedy}</span>}
    </p>
  );
}
