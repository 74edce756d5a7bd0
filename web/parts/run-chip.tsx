import type { VNode } from 'preact';
import { to } from '../route.ts';
import type { Standing } from '../wire.ts';
import { aspectOf } from './aspect.ts';
import { Lamp } from './lamp.tsx';
import { standingWord } from './standing.ts';
import './run-chip.css';

/** A run in few words: its lamp and its rule. `standing` is undefined until it is known. */
export function RunChip(props: {
  readonly id: string;
  readonly rule: string;
  readonly standing: Standing | undefined;
}): VNode {
  const { id, rule, standing } = props;
  const word = standing === undefined ? 'not known yet' : standingWord(standing);
  return (
    <a class="run-chip" href={to.run(id)} title={`${rule}: ${word}`}>
      <Lamp aspect={standing === undefined ? 'none' : aspectOf(standing)} label={word} />
      <bdi>{rule}</bdi>
    </a>
  );
}
