import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { HOME, type Place, placeOf, searchOf } from './place.ts';

export interface Navigation {
  readonly place: Place;
  /** Shows another place. `replace`: the back button does not come back to this one. */
  readonly go: (place: Place, replace?: boolean) => void;
}

export const NavigationContext = createContext<Navigation>({ place: HOME, go: () => {} });

export const useNavigation = (): Navigation => useContext(NavigationContext);

export const addressOf = (place: Place): string => `/console/${searchOf(place)}`;

/** The place that the address names, and how to get to another one. */
export function usePlaceOfAddress(): Navigation {
  const [place, setPlace] = useState(() => placeOf(location.search));
  useEffect(() => {
    const read = () => setPlace(placeOf(location.search));
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, []);
  const go = (next: Place, replace = false) => {
    if (replace) history.replaceState(null, '', addressOf(next));
    else history.pushState(null, '', addressOf(next));
    setPlace(next);
    if (!replace) scrollTo(0, 0);
  };
  return { place, go };
}
