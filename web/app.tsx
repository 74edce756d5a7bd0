import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useBox } from './box.ts';
import { EventPage } from './pages/event.tsx';
import { Inbox } from './pages/inbox.tsx';
import { Insights } from './pages/insights.tsx';
import { Nowhere } from './pages/nowhere.tsx';
import { Queue } from './pages/queue.tsx';
import { RulePage } from './pages/rule.tsx';
import { Rules } from './pages/rules.tsx';
import { RunPage } from './pages/run.tsx';
import { Runs } from './pages/runs.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { AwayNotice } from './parts/away-notice.tsx';
import { ConfigNotice } from './parts/config-notice.tsx';
import { Header } from './parts/header.tsx';
import { Help } from './parts/help.tsx';
import { type Route, to } from './route.ts';
import { useWatched } from './state.ts';
import { useKeys } from './use-keys.ts';
import { useRoute } from './use-route.ts';
import './app.css';
import './parts/field.css';
import './touch.css';
import './forced-colors.css';
import './print.css';

/** The whole window: a header, and the page that the address names. */
export function App(): VNode {
  const route = useRoute();
  const signedIn = useWatched(useBox().signedIn);
  const main = useRef<HTMLElement>(null);
  const wasSignedIn = useRef(signedIn);
  const place = !signedIn ? 'sign-in' : 'id' in route ? `${route.page}/${route.id}` : route.page;
  const [helps, help] = useState(false);
  useKeys([
    { key: '?', name: 'What the keys do', act: () => help(true) },
    { key: 'i', name: 'Inbox', act: () => void (location.hash = to.inbox) },
    { key: 'r', name: 'Runs', act: () => void (location.hash = to.runs) },
    { key: 'q', name: 'Queue and agents', act: () => void (location.hash = to.queue) },
    { key: 's', name: 'Insights', act: () => void (location.hash = to.insights) },
    { key: ',', name: 'Settings', act: () => void (location.hash = to.settings) },
    { key: 'u', name: 'Rules', act: () => void (location.hash = to.rules) },
  ]);
  const shown = useRef(place);

  // A new page begins at its top, also for those who hear it instead of seeing it.
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);

  return (
    <>
      <Header page={route.page} help={() => help(true)} />
      {helps && <Help close={() => help(false)} />}
      <main class="page" ref={main} tabIndex={-1}>
        {signedIn && <ConfigNotice />}
        {signedIn ? <Page route={route} /> : <SignIn again={wasSignedIn.current} />}
      </main>
      {signedIn && <AwayNotice />}
    </>
  );
}

/** Pages of different things are different pages: nothing of one is left in the next. */
function Page({ route }: { readonly route: Route }): VNode {
  switch (route.page) {
    case 'inbox':
      return <Inbox filter={route.filter} />;
    case 'event':
      return <EventPage key={route.id} id={route.id} />;
    case 'runs':
      return <Runs filter={route.filter} />;
    case 'run':
      return <RunPage key={route.id} id={route.id} lines={route.lines} />;
    case 'rules':
      return <Rules filter={route.filter} />;
    case 'rule':
      return <RulePage key={route.id} name={route.id} event={route.event} />;
    case 'queue':
      return <Queue />;
    case 'insights':
      return <Insights filter={route.filter} />;
    case 'settings':
      return <SettingsPage />;
    case 'nowhere':
      return <Nowhere />;
  }
}
