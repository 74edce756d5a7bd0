import type { Config, HooksConfig } from '../config/config.ts';
import type { HttpHandler } from '../lib/go-http/message.ts';
import { aimOf } from '../sources/hooks/aim.ts';
import type { Serving } from '../sources/hooks/decide.ts';
import { type Behaviour, ours } from '../sources/hooks/deviations.ts';
import type { Hook } from '../sources/hooks/hook.ts';
import { serveHooks } from '../sources/hooks/serve-hooks.ts';
import { acceptHooks, deliveryOf, type HookNeeds } from './accept.ts';
import type { Judgements } from './judgements.ts';
import { repositoryDoor } from './repository-door.ts';

/** Beside other doors there are no old files that could rely on what the original does. */
const behaviour: Behaviour = new Set([...ours, 'signatureStatus', 'endBackground', 'ownEnvironment']);
/** As the original has it. */
const multipartMemoryBytes = 1_048_576;

/** How hooks are served that a configuration names. */
export const servingOf = (longestBodyBytes: number): Serving => ({
  behaviour,
  headers: [],
  methods: [],
  multipartMemoryBytes,
  longestBodyBytes,
});

/** Who answers below `/hooks/` on the public door; null when the configuration says nothing of hooks. */
export function hookDoor(
  needs: HookNeeds & {
    readonly judgements: Pick<Judgements, 'take'>;
    readonly hooks: () => readonly Hook[];
  },
  config: () => Pick<Config, 'hooks' | 'limits'>,
): () => HttpHandler | null {
  // Every request asks; what answers changes with the configuration alone.
  let made: { readonly from: object; readonly handler: HttpHandler } | undefined;
  return () => {
    const { hooks, limits } = config();
    if (hooks === null) return null;
    if (made?.from !== hooks) made = { from: hooks, handler: handlerOf(hooks, limits.bodyBytes) };
    return made.handler;
  };

  function handlerOf(hooks: HooksConfig, longestBodyBytes: number): HttpHandler {
    const serving = servingOf(longestBodyBytes);
    return serveHooks(
      {
        hooks: needs.hooks,
        accept: acceptHooks(needs),
        aim: hooks.checkout ? asked => aimOf(deliveryOf(needs, asked)) : null,
        elsewhere: repositoryDoor(needs, serving, hooks),
        now: () => needs.clock.now(),
        // The house's own log tells of every event.
        log: () => undefined,
      },
      { ...serving, urlPrefix: 'hooks', async: hooks.async },
    );
  }
}
