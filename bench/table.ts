import type { Machine } from './machine.ts';
import { type Judged, judge, type Measured } from './measure.ts';

/** Everything, for programs. */
export function report(machine: Machine, measured: readonly Measured[]): object {
  return {
    machine,
    rows: measured.map(each => ({
      name: each.row.name,
      title: each.row.title,
      lines: judge(each),
      noise: each.noise,
      repetitions: Object.fromEntries(each.repetitions),
    })),
  };
}

/** The table, in Markdown: ratios first. */
export function table(machine: Machine, measured: readonly Measured[]): string {
  const { processor, cores, memoryMb, kernel, node, fileSystem, load } = machine;
  const heads = ['', 'ratio', 'aim', '', 'this', 'other (each: median of the values behind it)'];
  const lines = measured.flatMap(each => [
    [`**${each.row.name}** ${each.row.title}${noisy(each)}`, '', '', '', '', ''],
    ...judge(each).map(cells),
  ]);
  return [
    `${processor}, ${cores} cores, ${Math.round(memoryMb / 1024)} GB, Linux ${kernel}, ${fileSystem}, Node ${node}, load ${load.toFixed(1)}`,
    '',
    ...[heads, heads.map(() => '---'), ...lines].map(row => `| ${row.join(' | ')} |`),
    '',
  ].join('\n');
}

/** Figures from a machine that had other things to do say so. */
function noisy({ noise }: Measured): string {
  const most = Math.max(...noise);
  return most < 0.1 ? '' : ` (the machine was up to ${Math.round(most * 100)} % busy with other things)`;
}

function cells({ line, ours, theirs, ourMedian, theirMedian, ratio, reached }: Judged): readonly string[] {
  const { what, unit, of, against, aim } = line;
  const unitOfAim = ratio === null ? ` ${unit}` : '×';
  return [
    what,
    ratio === null ? '' : `${ratio.toFixed(2)}×`,
    aim === null ? '' : `${aim.is === 'at least' ? '≥' : '≤'} ${aim.value}${unitOfAim}`,
    reached === null ? '' : reached ? 'yes' : '**no**',
    `${of} ${number(ourMedian)} ${unit} (${ours.map(number).join(' / ')})`,
    theirs === null || theirMedian === null || against === null
      ? ''
      : `${against} ${number(theirMedian)} ${unit} (${theirs.map(number).join(' / ')})`,
  ];
}

/** Three digits are more than a shared machine can promise. */
function number(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toPrecision(3);
}
