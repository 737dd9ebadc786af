import type { ComponentChildren } from 'preact';

interface Props {
  readonly kind?: 'primary' | 'danger' | undefined;
  /** A press does nothing, such as while an action is under way. */
  readonly off: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

/** A button that can be off and still has the focus: browsers take it from a disabled one, and a keyboard would begin again at the top. */
export function ActionButton({ kind, off, onPress, children }: Props) {
  return (
    <button type="button" class={kind} aria-disabled={off} onClick={() => off || onPress()}>
      {children}
    </button>
  );
}
