import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { Bounds } from '../settings/bounds.tsx';
import { ConfigFacts } from '../settings/config-facts.tsx';
import { HealthFacts } from '../settings/health-facts.tsx';
import { SourceCard } from '../settings/source-card.tsx';
import { Tokens } from '../settings/tokens.tsx';
import { useEvery } from '../use-every.ts';
import { useLoaded } from '../use-loaded.ts';
import '../runs/work-facts.css';
import '../settings/settings.css';

/** The feed does not tell how the house is. */
const lookAgainMs = 5_000;

/** How the house is, where its sources stand, who may use it, and what it keeps to. */
export function SettingsPage(): VNode {
  useTitle('Settings');
  const { api } = useBox();
  const [loaded, reload] = useLoaded(async () => {
    const [health, refusals, settings] = await Promise.all([api.health(), api.refusals(), api.settings()]);
    return { health, refusals, settings };
  });
  useEvery(lookAgainMs, reload);
  return (
    <>
      <div class="page-head">
        <h1>Settings</h1>
      </div>
      {whenLoaded(loaded, ({ health, refusals, settings }) => (
        <>
          <div class="settings">
            <HealthFacts health={health} />
            <ConfigFacts config={health.config} reload={reload} />
          </div>
          <h2 class="settings-head">Sources</h2>
          <div class="settings">
            {health.sources.map(source => (
              <SourceCard
                key={source.name}
                source={source}
                publicUrl={health.publicUrl}
                refusal={refusals.find(refusal => refusal.source === source.name)}
              />
            ))}
            {health.sources.length === 0 && (
              <p class="soft">
                None yet: name one below <code>sources:</code> in the configuration file.
              </p>
            )}
          </div>
          <h2 class="settings-head">Access and bounds</h2>
          <div class="settings">
            <Tokens />
            <Bounds settings={settings} />
          </div>
        </>
      ))}
    </>
  );
}
