import type { VNode } from 'preact';
import './empty-inbox.css';

/** The first thing people see: how the first event gets here. */
export function EmptyInbox(): VNode {
  return (
    <section class="empty-inbox panel">
      <h2>No event has arrived yet</h2>
      <p>Every webhook that comes will be listed here, at once, with what each rule made of it.</p>
      <ol>
        <li>
          <h3>Try it now</h3>
          <p>Send a recorded push from this computer:</p>
          <pre>signalbox send github.push</pre>
        </li>
        <li>
          <h3>Let your forge send</h3>
          <p>
            In the repository’s webhook settings, give the address of the public door (port 8080 unless you
            chose another) with the path of the source, and choose JSON:
          </p>
          <pre>https://ci.example.org/github</pre>
        </li>
        <li>
          <h3>Share a secret</h3>
          <p>
            Type the same secret into the webhook’s “Secret” field and into the environment of signalbox, and
            name it in <code>signalbox.yaml</code>:
          </p>
          <pre>{'sources:\n  github:\n    secret: "${env:GITHUB_WEBHOOK_SECRET}"'}</pre>
        </li>
      </ol>
    </section>
  );
}
