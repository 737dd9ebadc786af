import { HOME } from '../state/place.ts';
import { useNavigation } from '../state/use-place.ts';
import { useAbout } from './about-context.ts';
import { PlaceLink } from './place-link.tsx';

export function PageHeader() {
  const about = useAbout();
  const { view } = useNavigation().place;
  return (
    <header class="page-header">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <span class="brand">
        <img src="/console/icon.svg" alt="" width="20" height="20" /> RocketMQ Connect
      </span>
      <nav class="main-links" aria-label="Main">
        <PlaceLink to={HOME} current={view === 'list'}>
          Connectors
        </PlaceLink>
      </nav>
      {about && (
        <span class="where" title={`version ${about.version}`}>
          {about.target === 'aws' ? `AWS, function ${about.cluster}` : `this machine, table ${about.cluster}`}
        </span>
      )}
    </header>
  );
}
