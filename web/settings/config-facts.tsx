import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { Action } from '../parts/action.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { Since } from '../parts/since.tsx';
import type { Health } from '../wire.ts';

/** Which configuration is in force, and a way to read it again. */
export function ConfigFacts(props: {
  readonly config: Health['config'];
  readonly reload: () => void;
}): VNode {
  const { file, loadedAt, error, needsRestart } = props.config;
  const { api } = useBox();
  const readAgain = async (): Promise<void> => {
    try {
      await api.reloadConfig();
    } finally {
      props.reload();
    }
  };
  return (
    <section class="settings-part panel">
      <h2>
        <Lamp aspect={error === null ? (needsRestart.length === 0 ? 'proceed' : 'held') : 'fault'} />{' '}
        Configuration
      </h2>
      <Facts>
        <Fact name="File">{file === null ? 'none: the defaults are in force' : <code>{file}</code>}</Fact>
        <Fact name="In force">
          <Since at={loadedAt} />
        </Fact>
        <Fact name="Broken">{error && <pre class="work-summary">{error}</pre>}</Fact>
        <Fact name="At a restart">{needsRestart.length === 0 ? null : needsRestart.join(', ')}</Fact>
      </Facts>
      {file !== null && <Action act={readAgain}>Read it again</Action>}
    </section>
  );
}
