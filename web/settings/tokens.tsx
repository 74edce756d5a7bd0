import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useBox } from '../box.ts';
import { Action } from '../parts/action.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Moment } from '../parts/moment.tsx';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { useLoaded } from '../use-loaded.ts';
import type { NewToken, Token } from '../wire.ts';

/** Who may use the API: tokens are made here, shown once, and ended. */
export function Tokens(): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(() => api.tokens());
  const [name, write] = useState('');
  const [made, show] = useState<NewToken | null>(null);
  const make = async (): Promise<void> => {
    show(await api.makeToken(name.trim()));
    write('');
    reload();
  };
  return (
    <section class="settings-part panel">
      <h2>Tokens</h2>
      <div class="token-new">
        <input
          class="field"
          aria-label="Name of a new token"
          placeholder="Name: laptop, ci-dashboard…"
          maxLength={64}
          value={name}
          onInput={({ currentTarget }) => write(currentTarget.value)}
        />
        <Action act={make}>Make a token</Action>
      </div>
      {made !== null && (
        <div class="token-made">
          <p>
            The token <bdi>{made.name}</bdi> is shown now and never again:
          </p>
          <code>{made.token}</code> <CopyButton text={() => made.token} label="Copy" small />
        </div>
      )}
      {whenLoaded(loaded, tokens => (
        <ul class="tokens">
          {tokens.map(token => (
            <One
              key={token.name}
              token={token}
              revoked={() => {
                if (made?.name === token.name) show(null);
                reload();
              }}
            />
          ))}
          {tokens.length === 0 && (
            <li class="soft">None but the one in the data directory, which stays where it is.</li>
          )}
        </ul>
      ))}
    </section>
  );
}

function One({ token, revoked }: { readonly token: Token; readonly revoked: () => void }): VNode {
  const { api } = useBox();
  const [isAsked, ask] = useState(false);
  const revoke = async (): Promise<void> => {
    await api.revokeToken(token.name);
    revoked();
  };
  return (
    <li>
      <div>
        <bdi>{token.name}</bdi>
        <p class="soft small">
          made <Moment at={token.createdAt} />,{' '}
          {token.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              used <Moment at={token.lastUsedAt} />
            </>
          )}
        </p>
      </div>
      {isAsked ? (
        <span class="actions">
          <Action kind="grave" act={revoke}>
            End it, and its sessions
          </Action>
          <button type="button" class="button" onClick={() => ask(false)}>
            Keep
          </button>
        </span>
      ) : (
        <button type="button" class="button" aria-label={`Revoke ${token.name}`} onClick={() => ask(true)}>
          Revoke
        </button>
      )}
    </li>
  );
}
