import type { ComponentChildren } from 'preact';
import type { Place } from '../state/place.ts';
import { addressOf, useNavigation } from '../state/use-place.ts';

interface Props {
  readonly to: Place;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link to another place of the page. With a key held, the browser opens it elsewhere. */
export function PlaceLink({ to, current = false, children }: Props) {
  const { go } = useNavigation();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={addressOf(to)} onClick={follow} {...(current && { 'aria-current': 'page' as const })}>
      {children}
    </a>
  );
}
