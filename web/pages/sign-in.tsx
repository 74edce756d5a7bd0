import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { useBox } from '../box.ts';
import { useTitle } from '../parts/title.ts';
import './sign-in.css';

/** Shown when the API does not know who asks. `again`: it did when the window was opened. */
export function SignIn({ again }: { readonly again: boolean }): VNode {
  useTitle('Sign in');
  return (
    <section class="sign-in panel">
      <h1>Sign in</h1>
      {again && <p>This session has ended. Who shows a token is back on the page that was open.</p>}
      <p>Open a link that works once. Have one made where the server keeps its data:</p>
      <pre>signalbox token link</pre>
      <p class="soft small">
        <code>signalbox dev</code> prints one when it starts. It works for five minutes, in one browser.
      </p>
      <h2>Or show a token</h2>
      <TokenForm />
      <p class="soft small">
        The first one stands in the file <code>admin-token</code> of the server’s data. Sessions end after
        twelve hours, and with the token that they began with.
      </p>
    </section>
  );
}

function TokenForm(): VNode {
  const { api } = useBox();
  const [token, type] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const signIn = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.signIn(token.trim());
      // All that was refused is asked for again.
      location.reload();
    } catch (error) {
      setFailure(ApiError.from(error).message);
      setBusy(false);
    }
  };
  return (
    <form
      class="sign-in-form"
      onSubmit={event => {
        event.preventDefault();
        void signIn();
      }}
    >
      <input
        class="field"
        type="password"
        autoComplete="current-password"
        aria-label="Token"
        placeholder="sbx_…"
        required
        value={token}
        onInput={event => type(event.currentTarget.value)}
      />
      <button type="submit" class="button button-main" disabled={busy}>
        Sign in
      </button>
      <span class="action-failure" role="alert">
        {failure}
      </span>
    </form>
  );
}
