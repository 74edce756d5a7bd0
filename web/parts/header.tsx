import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { type Route, to } from '../route.ts';
import { useWatched } from '../state.ts';
import { Connection } from './connection.tsx';
import './header.css';

/** The pages one can go to, and which pages belong to each. */
const places: readonly {
  readonly name: string;
  readonly href: string;
  readonly pages: readonly Route['page'][];
}[] = [
  { name: 'Inbox', href: to.inbox, pages: ['inbox', 'event'] },
  { name: 'Runs', href: to.runs, pages: ['runs', 'run'] },
  { name: 'Rules', href: to.rules, pages: ['rules', 'rule'] },
  { name: 'Queue', href: to.queue, pages: ['queue'] },
  { name: 'Insights', href: to.insights, pages: ['insights'] },
  { name: 'Settings', href: to.settings, pages: ['settings'] },
];

/** The way home, the pages, and whether the window is live. */
export function Header(props: { readonly page: Route['page']; readonly help: () => void }): VNode {
  const { api, signedIn } = useBox();
  const isSignedIn = useWatched(signedIn);
  const signOut = async (): Promise<void> => {
    // Whoever cannot reach the server is no longer shown anything either.
    await api.signOut().catch(() => undefined);
    signedIn.set(false);
  };
  return (
    <header class="header">
      <div class="header-row">
        <a class="header-home" href={to.inbox}>
          <svg viewBox="0 0 12 20" aria-hidden="true">
            <rect width="12" height="20" rx="6" />
            <circle class="header-upper" cx="6" cy="6" r="3" />
            <circle class="header-lower" cx="6" cy="14" r="3" />
          </svg>
          <span class="header-name">signalbox</span>
        </a>
        {isSignedIn && (
          <nav class="header-nav" aria-label="Pages">
            {places.map(({ name, href, pages }) => (
              <a key={name} href={href} {...(pages.includes(props.page) ? { 'aria-current': 'page' } : {})}>
                {name}
              </a>
            ))}
          </nav>
        )}
        <div class="header-end">
          <Connection />
          {isSignedIn && (
            <>
              <button
                type="button"
                class="header-button"
                aria-label="Keys"
                title="Keys (?)"
                onClick={props.help}
              >
                <kbd aria-hidden="true">?</kbd>
              </button>
              <button type="button" class="header-button" onClick={() => void signOut()}>
                Sign out
              </button>
            </>
          )}
        </div>
      </div>
    </header>
  );
}
