import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { type Route, to } from '../route.ts';
import { useWatched } from '../state.ts';
import { Connection } from './connection.tsx';
import './header.css';

/** The way home, the two lists, and whether the window is live. */
export function Header({ page }: { readonly page: Route['page'] }): VNode {
  const here = (...pages: readonly Route['page'][]): { 'aria-current'?: 'page' } =>
    pages.includes(page) ? { 'aria-current': 'page' } : {};
  const signedIn = useWatched(useBox().signedIn);
  return (
    <header class="header">
      <div class="header-row">
        <a class="header-home" href={to.inbox}>
          <svg viewBox="0 0 12 20" aria-hidden="true">
            <rect width="12" height="20" rx="6" />
            <circle class="header-upper" cx="6" cy="6" r="3" />
            <circle class="header-lower" cx="6" cy="14" r="3" />
          </svg>
          signalbox
        </a>
        {signedIn && (
          <nav class="header-nav" aria-label="Pages">
            <a href={to.inbox} {...here('inbox', 'event')}>
              Inbox
            </a>
            <a href={to.runs} {...here('runs', 'run')}>
              Runs
            </a>
          </nav>
        )}
        <Connection />
      </div>
    </header>
  );
}
