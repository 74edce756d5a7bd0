import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from '../../src/domain/json.ts';
import { JsonTree } from '../parts/json-tree.tsx';
import type { EventDetail } from '../wire.ts';

/** The event in one shape for every forge: its paths are what expressions say. */
export function AsRulesSee({ event }: { readonly event: EventDetail }): VNode {
  const [open, setOpen] = useState(false);
  const { verdicts: _verdicts, delivery: _delivery, duplicates: _duplicates, ...facts } = event;
  const value: Json = JSON.parse(JSON.stringify(facts));
  return (
    <details class="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The event, as rules see it</summary>
      {open && (
        <div class="raw-tree">
          <JsonTree value={value} root="event" />
        </div>
      )}
    </details>
  );
}
