import { useAbout } from '../parts/about-context.ts';
import { PlaceLink } from '../parts/place-link.tsx';
import { HOME, type NewPlace } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { FileEditor } from './file-editor.tsx';

/** Makes a connector: first its type, then its configuration. */
export function NewView({ place: { type } }: { readonly place: NewPlace }) {
  const { go } = useNavigation();
  const about = useAbout();
  const known = about?.types.find((each) => each.type === type);
  return (
    <>
      <p class="crumb">
        <PlaceLink to={HOME}>Connectors</PlaceLink>
      </p>
      <h1>{known === undefined ? 'New connector' : `New connector of type ${type}`}</h1>
      {known === undefined ? (
        <Types />
      ) : (
        <>
          <p class="meaning">{known.summary}</p>
          <FileEditor
            key={type}
            type={type}
            initial={{ config: { 'connector.class': type } }}
            onApplied={(name) => go({ view: 'connector', name, tab: 'overview' })}
            onCancel={() => go({ view: 'new', type: '' })}
          />
        </>
      )}
    </>
  );
}

function Types() {
  const types = useAbout()?.types ?? [];
  const side = (direction: 'source' | 'sink', title: string) => (
    <section>
      <h2>{title}</h2>
      <ul class="types">
        {types
          .filter((each) => each.direction === direction)
          .map(({ type, summary }) => (
            <li key={type}>
              <PlaceLink to={{ view: 'new', type }}>{type}</PlaceLink>
              <span class="reason">{summary}</span>
            </li>
          ))}
      </ul>
    </section>
  );
  return (
    <>
      {side('source', 'Copy into RocketMQ (sources)')}
      {side('sink', 'Copy out of RocketMQ (sinks)')}
    </>
  );
}
