import type { Tone } from '../format/states.ts';

interface Props {
  readonly state: { readonly word: string; readonly tone: Tone; readonly means: string };
}

/** A state as a word, with a mark of its own form and colour for each tone. */
export function StateMark({ state: { word, tone, means } }: Props) {
  return (
    <span class={`state ${tone}`} title={means}>
      <span class="mark" aria-hidden="true" />
      {word}
    </span>
  );
}
