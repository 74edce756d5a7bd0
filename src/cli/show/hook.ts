import { cut, masked } from '../../domain/shown.ts';
import { durationText } from '../../lib/units.ts';
import type { Answer } from '../../sources/hooks/answer/answer.ts';
import type { PlacedFinding } from '../../sources/hooks/check/finding.ts';
import type { Command } from '../../sources/hooks/command/command.ts';
import type { Decision } from '../../sources/hooks/decide.ts';
import type { Hook } from '../../sources/hooks/hook.ts';
import { modeOf } from '../../sources/hooks/run-policy.ts';
import type { CliIo } from '../io.ts';
import { paint } from '../style.ts';
import { visible } from '../text.ts';
import { pairs } from './block.ts';
import { explainVerdicts } from './explain.ts';

type Page = Pick<CliIo, 'columns' | 'colour'>;

/** `error hooks.json:12:5 [0].trigger-rule: …` */
export function findingLine(
  page: Page,
  file: string,
  { severity, place, path, message }: PlacedFinding,
): string {
  const where = `${file}:${place.line}:${place.column}${path === '' ? '' : ` ${path}`}`;
  return `${paint(page, severity === 'error' ? 'red' : 'yellow', severity)} ${visible(`${where}: ${message}`)}`;
}

/** Why a hook runs or not, what it would run, and what it answers. */
export function showDecided(page: Page, id: string, decision: Decision): readonly string[] {
  const { verdict, answer, problems } = decision;
  const facts = pairs(page, [
    ...problems.map(problem => ['note', problem] as const),
    ...(decision.result === 'run'
      ? [...runRows(decision.command), ['key', decision.deliveryId] as const]
      : []),
    [
      'answer',
      answer !== null ? answered(answer) : decision.result === 'run' ? outputText(decision.hook) : null,
    ],
  ]);
  const head =
    verdict === null
      ? [`${visible(id)}  refused before its rule was asked`]
      : explainVerdicts(page, [verdict]);
  return [...head, '', ...facts];
}

function outputText(hook: Hook): string {
  if (modeOf(hook) === 'stream') return 'what the command prints, as it comes';
  const limitMs = hook.run?.syncTimeoutMs ?? null;
  const limit = limitMs === null ? '' : `, or 202 after ${durationText(limitMs)}`;
  return `what the command prints, when it has ended${limit}`;
}

type Row = readonly [name: string, value: string | null];

function runRows({
  name,
  arguments: args,
  environment,
  files,
  stdin,
  workingDirectory,
  problems,
  refusal,
}: Command): readonly Row[] {
  const words = [name, ...args].map(word => (/^[\w./:=@%+-]+$/.test(word) ? word : JSON.stringify(word)));
  return [
    ['runs', cut(words.join(' '), 500)],
    ['in', workingDirectory],
    ...environment.map(([name, value]): Row => ['with', `${name}=${cut(value, 200)}`]),
    ...files.map(
      ({ variable, content }): Row => ['with', `${variable}: a file of ${content.byteLength} bytes`],
    ),
    ['stdin', stdin && `${stdin.byteLength} bytes`],
    ...problems.map((problem): Row => ['note', problem]),
    ['fails', refusal],
  ];
}

function answered({ status, informational, body }: Answer): string {
  const codes = informational === null ? String(status) : `${informational}, then ${status}`;
  const text = Buffer.from(body).toString();
  return text === '' ? codes : `${codes} ${masked(cut(text, 200))}`;
}

/** The same for programs. */
export function decidedJson(id: string, decision: Decision): unknown {
  const { verdict, answer, problems } = decision;
  const command = decision.result === 'run' ? decision.command : null;
  return {
    hook: id,
    verdict,
    problems,
    deliveryId: decision.result === 'run' ? decision.deliveryId : null,
    answer: answer === null ? null : { ...answer, body: Buffer.from(answer.body).toString() },
    command:
      command === null
        ? null
        : {
            ...command,
            files: command.files.map(({ content, ...file }) => ({ ...file, bytes: content.byteLength })),
            stdin: command.stdin && { bytes: command.stdin.byteLength },
          },
  };
}
