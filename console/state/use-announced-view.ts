import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Place } from './place.ts';

const PRODUCT = 'RocketMQ Connect';

/**
 * Names the view in the window's title, and moves the focus to its beginning when another one is shown: as where a browser loads a page, a
 * reader hears it, and Tab starts there. Returns the reference of the element that takes the focus.
 */
export function useAnnouncedView(place: Place): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const name = nameOf(place);
  const before = useRef(name);
  useEffect(() => {
    document.title = name === '' ? PRODUCT : `${name} · ${PRODUCT}`;
    if (before.current !== name) main.current?.focus();
    before.current = name;
  }, [name]);
  return main;
}

function nameOf(place: Place): string {
  if (place.view === 'connector') return place.name;
  return place.view === 'new' ? `New ${place.type || 'connector'}` : '';
}
