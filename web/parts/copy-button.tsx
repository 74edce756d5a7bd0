import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How long it says that it is done. */
const saidMs = 1_500;

/** Puts a text where it can be pasted from. */
export function CopyButton(props: {
  readonly text: () => string;
  readonly label: string;
  readonly small?: true;
}): VNode {
  const [said, say] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => say(null), saidMs);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text());
      say('Copied');
    } catch {
      // Browsers allow it on https and on this computer alone.
      say('Not allowed here');
    }
  };
  return (
    <button type="button" class={`button${props.small ? ' button-small' : ''}`} onClick={() => void copy()}>
      {said ?? props.label}
    </button>
  );
}
