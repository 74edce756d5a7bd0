import { render } from 'preact';
import { createApi } from './api.ts';
import { App } from './app.tsx';
import { type Box, BoxContext } from './box.ts';
import { watchReturns } from './came-back.ts';
import { listen, silence } from './live.ts';
import { createMedians } from './medians.ts';
import { createServerClock } from './server-clock.ts';
import { watched } from './state.ts';
import { listenToKeys, type Shortcut } from './use-keys.ts';
import './theme.css';
import './base.css';

/** Nothing is drawn before it is known who looks, but nobody looks at nothing for longer than that. */
const saysByMs = 2_000;

const signedIn = watched(true);
const clock = createServerClock(Date.now);
const api = createApi(() => signedIn.set(false), clock.hear);
// A server that does not answer, or whose store does not, is told of by what is read from it.
signedIn.set(await api.isSignedIn(AbortSignal.timeout(saysByMs)).catch(() => true));
// A refused feed does not say why; a call that is refused for the same reason does.
const live = signedIn.get()
  ? listen(() => void api.runs({ after: null, limit: 1 }, {}).catch(() => undefined))
  : silence();
signedIn.watch(() => live.stop());
const now = watched(clock.now());
setInterval(() => now.set(clock.now()), 1_000);

const keys = watched<readonly Shortcut[]>([]);
listenToKeys(() => keys.get());

const box: Box = { api, live, signedIn, now, medians: createMedians(api), keys, cameFrom: watchReturns() };
const root = document.getElementById('window');
if (root === null) throw new Error('index.html has no #window');
render(
  <BoxContext.Provider value={box}>
    <App />
  </BoxContext.Provider>,
  root,
);
