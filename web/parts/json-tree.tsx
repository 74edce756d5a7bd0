import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from '../../src/domain/json.ts';
import { CopyButton } from './copy-button.tsx';
import './json-tree.css';

/** Items of a list or object that are shown at once. */
const stepItems = 100;
/** Characters of a text. */
const longestText = 2_000;
/** Open from the beginning: this deep, unless there is a lot. */
const openDepth = 1;
const openItems = 40;

/** A value as a tree that is opened as one goes. `root` names it in the paths that can be copied: `event.repo.name`. */
export function JsonTree({ value, root }: { readonly value: Json; readonly root: string }): VNode {
  return (
    <ul class="json">
      <Node name={root} path={root} value={value} depth={0} />
    </ul>
  );
}

function Node(props: {
  readonly name: string;
  readonly path: string;
  readonly value: Json;
  readonly depth: number;
}): VNode {
  const { name, path, value, depth } = props;
  const size = sizeOf(value);
  const [open, setOpen] = useState(depth < openDepth && size <= openItems);
  const [most, setMost] = useState(stepItems);
  const copy = <CopyButton text={() => path} label="Copy path" small />;
  if (value === null || typeof value !== 'object')
    return (
      <li class="json-leaf">
        <span class="json-name">{name}</span>
        <Leaf value={value} />
        {copy}
      </li>
    );
  const entries = Array.isArray(value)
    ? value.map((item: Json, at) => [String(at), `${path}[${at}]`, item] as const)
    : Object.entries(value).map(([key, item]) => [key, `${path}${step(key)}`, item] as const);
  return (
    <li>
      <span class="json-head">
        <button
          type="button"
          class="json-name json-toggle"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <span class="json-chevron" aria-hidden="true" />
          {name}
        </button>
        <span class="soft">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
        {copy}
      </span>
      {open && (
        <ul>
          {entries.slice(0, most).map(([name, path, item]) => (
            <Node key={name} name={name} path={path} value={item} depth={depth + 1} />
          ))}
          {entries.length > most && (
            <li>
              <button type="button" class="button button-small" onClick={() => setMost(most + stepItems)}>
                {entries.length - most} more
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Leaf({ value }: { readonly value: string | number | boolean | null }): VNode {
  const text = JSON.stringify(value);
  return (
    <span class={`json-value json-${value === null ? 'null' : typeof value}`}>
      {text.length > longestText ? `${text.slice(0, longestText)}…` : text}
    </span>
  );
}

/** As expressions write it. */
const step = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

const sizeOf = (value: Json): number =>
  value === null || typeof value !== 'object' ? 0 : Object.keys(value).length;
