/** What the page shows. The address holds all of it, so that a link, a reload and the browser's back button bring it back. */
export type Place = ListPlace | ConnectorPlace | NewPlace;

export interface ListPlace {
  readonly view: 'list';
  /** Only connectors in these states. Empty: all. */
  readonly states: readonly string[];
  /** Only connectors whose names hold this text. */
  readonly name: string;
  readonly sort: Sort;
}

export interface ConnectorPlace {
  readonly view: 'connector';
  readonly name: string;
  readonly tab: Tab;
}

export interface NewPlace {
  readonly view: 'new';
  readonly type: string;
}

export const SORTS = ['urgency', 'name', 'lag', 'age'] as const;
export type Sort = (typeof SORTS)[number];

export const TABS = ['overview', 'runs', 'positions', 'configuration', 'history', 'dead-letters', 'cost'] as const;
export type Tab = (typeof TABS)[number];

export const HOME: ListPlace = { view: 'list', states: [], name: '', sort: 'urgency' };

/** Reads the part of an address from `?` on. What it does not know, it takes for the default. */
export function placeOf(search: string): Place {
  const query = new URLSearchParams(search);
  const connector = query.get('connector');
  if (connector) return { view: 'connector', name: connector, tab: oneOf(TABS, query.get('tab'), 'overview') };
  const type = query.get('new');
  if (type !== null) return { view: 'new', type };
  const states = (query.get('state') ?? '').split(',').filter((state) => /^[A-Z]+$/.test(state));
  return { view: 'list', states, name: query.get('name') ?? '', sort: oneOf(SORTS, query.get('sort'), 'urgency') };
}

/** The reverse of `placeOf`. Defaults are left out. */
export function searchOf(place: Place): string {
  const query = new URLSearchParams();
  switch (place.view) {
    case 'connector':
      query.set('connector', place.name);
      if (place.tab !== 'overview') query.set('tab', place.tab);
      break;
    case 'new':
      query.set('new', place.type);
      break;
    case 'list':
      if (place.states.length > 0) query.set('state', place.states.join(','));
      if (place.name !== '') query.set('name', place.name);
      if (place.sort !== 'urgency') query.set('sort', place.sort);
  }
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

const oneOf = <T extends string>(known: readonly T[], given: string | null, otherwise: T): T =>
  known.find((each) => each === given) ?? otherwise;
