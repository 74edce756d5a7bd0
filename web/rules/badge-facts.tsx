import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { to } from '../route.ts';
import { useLoaded } from '../use-loaded.ts';
import { withQuery } from '../with-query.ts';
import { badgeMarkdown, badgePath } from './badge-markdown.ts';
import './badge-facts.css';

/** The rule's badge, and what makes others show it. `standing`: whatever changes when the badge does. */
export function BadgeFacts(props: { readonly rule: string; readonly standing: string | null }): VNode {
  const { rule, standing } = props;
  const { api } = useBox();
  const [settings] = useLoaded(() => api.settings());
  return (
    <section class="badge-facts">
      <h2 class="section-title">Badge</h2>
      <img src={withQuery(badgePath(rule), { standing })} alt={`badge of ${rule}`} height="20" />
      <div class="actions">
        <CopyButton
          text={() => badgeMarkdown(location.origin, rule, to.rule(rule))}
          label="Copy Markdown"
          small
        />
        <a class="button button-small" href="/cc.xml" target="_blank" rel="noopener">
          cc.xml
        </a>
      </div>
      {settings.status === 'loaded' && (
        <p class="soft small">
          {settings.value.badges === 'anyone'
            ? 'It tells of the default branch; ?branch= names another one.'
            : 'Only who is signed in sees it. With badges: anyone in the configuration, all do.'}
        </p>
      )}
    </section>
  );
}
