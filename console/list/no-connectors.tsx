import { useAbout } from '../parts/about-context.ts';
import { PlaceLink } from '../parts/place-link.tsx';

export function NoConnectors() {
  const about = useAbout();
  const target = about?.target === 'aws' ? ' --target aws' : '';
  return (
    <div class="empty">
      <p>There are no connectors yet. A connector copies data from another system into RocketMQ, or from RocketMQ into it.</p>
      <p>
        <PlaceLink to={{ view: 'new', type: '' }}>Make one here</PlaceLink>, or apply a file:{' '}
        <code>rocketmq-connect apply{target} connectors/</code>
      </p>
    </div>
  );
}
