import { type ListPlace, SORTS, type Sort } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { SORT_TITLES } from './sorting.ts';

/** The orders of the list, for narrow windows: there the table has no heads to press. */
export function SortChoice({ place }: { readonly place: ListPlace }) {
  const { go } = useNavigation();
  return (
    <select
      class="sort-choice"
      aria-label="Order"
      value={place.sort}
      onChange={({ currentTarget }) => go({ ...place, sort: currentTarget.value as Sort }, true)}
    >
      {SORTS.map((sort) => (
        <option key={sort} value={sort}>
          Sort by {SORT_TITLES[sort].toLowerCase()}
        </option>
      ))}
    </select>
  );
}
