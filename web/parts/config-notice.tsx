import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { useBox } from '../box.ts';
import { useEvery } from '../use-every.ts';
import { useLoaded } from '../use-loaded.ts';
import './config-notice.css';
import { Moment } from './moment.tsx';
import { Notice } from './notice.tsx';

/** Reloads are rare, and the feed does not tell of them. */
const lookAgainMs = 30_000;

/** Says so on every page while the file is not what is in force: broken, or waiting for a restart. */
export function ConfigNotice(): VNode | null {
  const { api, live } = useBox();
  const [health, reload] = useLoaded(() => api.health());
  useEvery(lookAgainMs, reload);
  useEffect(() => live.onBegin(reload), [live]);

  if (health.status !== 'loaded') return null;
  const { error, loadedAt, needsRestart } = health.value.config;
  if (error === null && needsRestart.length === 0) return null;
  return (
    <div class="config-notice">
      {error !== null && (
        <Notice>
          The configuration could not be read again: the one read <Moment at={loadedAt} /> is still in force.
          {error.split('\n').map((line, n) => (
            <div key={n}>
              <code>{line}</code>
            </div>
          ))}
        </Notice>
      )}
      {needsRestart.length > 0 && (
        <p class="soft">Changed, and in force after a restart only: {needsRestart.join(', ')}.</p>
      )}
    </div>
  );
}
