import { useAbout } from '../parts/about-context.ts';

export function NoConnectors() {
  const about = useAbout();
  const target = about?.target === 'aws' ? ' --target aws' : '';
  return (
    <div class="empty">
      <p>There are no connectors yet. A connector copies data from another system into RocketMQ, or from RocketMQ into it.</p>
      <p>
        Apply a file: <code>rocketmq-connect apply{target} connectors/</code>
      </p>
    </div>
  );
}
