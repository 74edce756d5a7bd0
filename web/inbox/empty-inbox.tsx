import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { useLoaded } from '../use-loaded.ts';
import './empty-inbox.css';

/** What a forge shares with us so that we know it: the webhook's field, the configuration's key, and a variable. */
const shared: Readonly<Record<string, readonly [field: string, key: string, variable: string]>> = {
  github: ['Secret', 'secret', 'GITHUB_WEBHOOK_SECRET'],
  gitlab: ['Secret token', 'token', 'GITLAB_WEBHOOK_TOKEN'],
  gitea: ['Secret', 'secret', 'GITEA_WEBHOOK_SECRET'],
};
const github = { name: 'github', path: '/github' };

/** The first thing people see: how the first event gets here. */
export function EmptyInbox(): VNode {
  const { api } = useBox();
  const [health] = useLoaded(() => api.health());
  const told = health.status === 'loaded' ? health.value : null;
  const door = (told?.publicUrl ?? 'https://ci.example.org').replace(/\/$/, '');
  const named = (told?.sources ?? []).filter(({ name, path }) => path !== null && shared[name] !== undefined);
  const forges = named.length === 0 ? [github] : named;
  const hasGithub = named.some(({ name }) => name === 'github');
  return (
    <section class="empty-inbox panel">
      <h2>No event has arrived yet</h2>
      <p>Every webhook that comes will be listed here, at once, with what each rule made of it.</p>
      <ol>
        <li>
          <h3>Try it now</h3>
          <p>
            Send a recorded push from the computer that the server runs on
            {told !== null && !hasGithub && (
              <>
                , once <code>sources:</code> has a <code>github:</code> as below
              </>
            )}
            :
          </p>
          <pre>signalbox send github.push</pre>
          <p class="soft small">
            It is signed with what <code>GITHUB_WEBHOOK_SECRET</code> holds there, or with{' '}
            <code>--secret</code>.
          </p>
        </li>
        <li>
          <h3>Let your forge send</h3>
          <p>
            In the repository’s webhook settings, give this address, in the form in which the forge reaches
            this server, and choose JSON:
          </p>
          {forges.map(({ name, path }) => (
            <pre key={name}>{`${door}${path}`}</pre>
          ))}
        </li>
        <li>
          <h3>Share a secret</h3>
          <p>
            Type the same secret into the webhook’s{' '}
            {[...new Set(forges.map(({ name }) => `“${shared[name]?.[0]}”`))].join(' or ')} field and into a
            variable of signalbox’s environment, and name that in <code>signalbox.yaml</code>:
          </p>
          <pre>{['sources:', ...forges.map(({ name }) => sourceText(name))].join('\n')}</pre>
        </li>
      </ol>
    </section>
  );
}

function sourceText(name: string): string {
  const [, key, variable] = shared[name] ?? [];
  return `  ${name}:\n    ${key}: "\${env:${variable}}"`;
}
