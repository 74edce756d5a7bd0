import type { VNode } from 'preact';
import { useTitle } from '../parts/title.ts';
import './sign-in.css';

/** Shown when the API does not know who asks. */
export function SignIn(): VNode {
  useTitle('Sign in');
  return (
    <section class="sign-in panel">
      <h1>Sign in</h1>
      <p>This window opens with a link that works once.</p>
      <p>
        <code>signalbox dev</code> prints one when it starts. Elsewhere, make one where the server keeps its
        data:
      </p>
      <pre>signalbox token link</pre>
      <p class="soft">
        Open the link within five minutes, in this browser. Sessions end after twelve hours, and when the
        server restarts.
      </p>
    </section>
  );
}
