import type { VNode } from 'preact';
import type { Explanation } from '../../src/domain/explanation.ts';
import { firstFailing } from './first-failing.ts';
import { Seen } from './seen.tsx';
import './explanation-tree.css';

/** Why a rule answered as it did, piece by piece. What has been `told` already is not said again above its parts. */
export function ExplanationTree(props: { readonly of: Explanation; readonly told: string }): VNode | null {
  const { of, told } = props;
  const decisive = firstFailing(of);
  const parts = of.text === told ? of.parts : [of];
  return parts.length === 0 ? null : (
    <ul class="explanation">
      {parts.map((part, at) => (
        <Part key={at} part={part} decisive={decisive} />
      ))}
    </ul>
  );
}

function Part(props: { readonly part: Explanation; readonly decisive: Explanation | null }): VNode {
  const { part, decisive } = props;
  const [look, mark, meaning] = signs(part);
  return (
    <li class={`explanation-part explanation-${look}${part === decisive ? ' explanation-decisive' : ''}`}>
      <span class="explanation-mark" aria-hidden="true">
        {mark}
      </span>
      <span class="explanation-text">
        <span class="unseen">{meaning}</span> {part.text}
        {part.holds === false && <Seen value={part.seen} text={part.text} />}
      </span>
      {part.parts.length > 0 && (
        <ul>
          {part.parts.map((inner, at) => (
            <Part key={at} part={inner} decisive={decisive} />
          ))}
        </ul>
      )}
    </li>
  );
}

function signs({ holds, error }: Explanation): readonly [look: string, mark: string, meaning: string] {
  if (error) return ['broken', '!', 'could not be decided:'];
  if (holds === null) return ['open', '·', 'not looked at:'];
  return holds ? ['holds', '✓', 'holds:'] : ['fails', '✗', 'does not hold:'];
}
