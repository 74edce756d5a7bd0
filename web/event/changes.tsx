import type { VNode } from 'preact';
import { count } from '../format.ts';
import { commitPage } from '../parts/forge-pages.ts';
import { Sha } from '../parts/sha.tsx';
import type { EventFacts } from '../wire.ts';
import './changes.css';

/** Commits and paths of each that are listed. */
const mostListed = 20;

/** The commits an event brings, newest first, and the paths they change. */
export function Changes({ event }: { readonly event: EventFacts }): VNode | null {
  const { repo, commits, changed } = event;
  if (commits.length === 0 && changed === null) return null;
  return (
    <section class="changes">
      {commits.length > 0 && <h2>{count(commits.length, 'commit')}</h2>}
      <ul>
        {commits
          .slice(-mostListed)
          .toReversed()
          .map(({ sha, message, author }) => (
            <li key={sha}>
              <bdi title={message}>{message.split('\n', 1)[0]}</bdi>
              <span class="soft small">
                <Sha of={sha} href={commitPage(repo, sha)} /> <bdi>{author}</bdi>
              </span>
            </li>
          ))}
      </ul>
      {commits.length > mostListed && <p class="soft small">and {commits.length - mostListed} before</p>}
      {changed !== null && <h2>{count(changed.length, 'changed path')}</h2>}
      <ul>
        {changed?.slice(0, mostListed).map(path => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
      {changed !== null && changed.length > mostListed && (
        <p class="soft small">and {changed.length - mostListed} more</p>
      )}
    </section>
  );
}
