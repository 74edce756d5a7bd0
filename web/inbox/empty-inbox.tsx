import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { useLoaded } from '../use-loaded.ts';
import './empty-inbox.css';

/** The first thing people see: how the first event gets here. */
export function EmptyInbox(): VNode {
  const { api } = useBox();
  const [health] = useLoaded(() => api.health());
  const told = health.status === 'loaded' ? health.value : null;
  const door = told?.publicUrl ?? 'https://ci.example.org';
  const source = told?.sources.find(({ path }) => path !== null) ?? { name: 'github', path: '/github' };
  return (
    <section class="empty-inbox panel">
      <h2>No event has arrived yet</h2>
      <p>Every webhook that comes will be listed here, at once, with what each rule made of it.</p>
      <ol>
        <li>
          <h3>Try it now</h3>
          <p>Send a recorded push from the computer that the server runs on:</p>
          <pre>signalbox send github.push</pre>
        </li>
        <li>
          <h3>Let your forge send</h3>
          <p>
            In the repository’s webhook settings, give this address, in the form in which the forge reaches
            this server, and choose JSON:
          </p>
          <pre>{`${door.replace(/\/$/, '')}${source.path}`}</pre>
        </li>
        <li>
          <h3>Share a secret</h3>
          <p>
            Type the same secret into the webhook’s “Secret” field and into the environment of signalbox, and
            name it in <code>signalbox.yaml</code>:
          </p>
          <pre>{`sources:\n  ${source.name}:\n    secret: "\${env:WEBHOOK_SECRET}"`}</pre>
        </li>
      </ol>
    </section>
  );
}
