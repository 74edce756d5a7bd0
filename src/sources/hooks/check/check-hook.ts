import { basename } from 'node:path';
import { cut } from '../../../domain/shown.ts';
import { goLookPath, type Place } from '../../../lib/go-look-path.ts';
import { isKnownStatus } from '../answer/status.ts';
import type { Path } from '../file/shape.ts';
import type { Argument, Hook, Rule } from '../hook.ts';
import { parameterNames } from '../path-parameters.ts';
import { isHeaderName } from '../request/headers.ts';
import { signatureTypes } from '../rule/match.ts';
import { providers } from '../rule/provider/providers.ts';
import { modeOf } from '../run-policy.ts';
import { checkArguments, isFromRequest } from './check-arguments.ts';
import { checkRule, type RuleChecking } from './check-rule.ts';
import { checkRun } from './check-run.ts';
import { error, type Finding, warning } from './finding.ts';

export interface HookChecking extends Omit<RuleChecking, 'hook'> {
  /** Where its command is looked up; null: it is not, because the file is for another machine. */
  readonly programs: Place | null;
}

/** What bites in one hook. */
export function checkHook(checking: HookChecking, hook: Hook, path: Path): readonly Finding[] {
  return [
    ...(hook.id === ''
      ? [warning(path, 'the hook has no id, so it answers at /hooks/ alone: give it one')]
      : []),
    ...checkPattern(hook, path),
    ...checkProgram(checking, hook, path),
    ...checkShell(hook, path),
    ...checkArguments(hook, path),
    ...(hook.rule === null ? [] : checkRule({ ...checking, hook }, hook.rule, [...path, 'trigger-rule'])),
    ...checkMultipart(checking, hook, path),
    ...checkAnswer(hook, path),
    ...checkRun(hook, [...path, 'run']),
  ];
}

function checkPattern(hook: Hook, path: Path): readonly Finding[] {
  if (hook.pattern === null) return [];
  const names = parameterNames(hook);
  const at = [...path, 'id'];
  const twice = names.find((name, n) => names.indexOf(name) < n);
  return [
    warning(at, 'the original program knows no parameters: there, the id is this very text, braces included'),
    ...(twice === undefined
      ? []
      : [error(at, `the parameter {${twice}} is there twice, and only the last one counts: rename one`)]),
  ];
}

function checkProgram({ programs }: HookChecking, hook: Hook, path: Path): readonly Finding[] {
  const at = [...path, 'execute-command'];
  if (hook.executeCommand === '')
    return [error(path, 'the hook has no "execute-command", so nothing can run: name a program')];
  const found = programs === null ? null : goLookPath(programs, hook.executeCommand, hook.workingDirectory);
  return found?.result === 'not found'
    ? [error(at, `the command cannot run: ${cut(found.reason, 200)}`)]
    : [];
}

const shells = ['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'fish'];

/** A shell that reads its line from the request runs whatever the sender wants. */
function checkShell(hook: Hook, path: Path): readonly Finding[] {
  const { executeCommand, arguments: args, stdin } = hook;
  if (!shells.includes(basename(executeCommand))) return [];
  const isFlag = ({ source, name }: Argument) => source === 'string' && name.startsWith('-');
  const flag = args.findIndex(({ source, name }) => source === 'string' && /^-[a-z]*c$/.test(name));
  const line = args[flag + 1];
  if (flag === -1 && args.every(isFlag) && stdin !== null && isFromRequest(stdin))
    return [
      error(
        [...path, 'pass-stdin-to-command'],
        'whoever sends the request writes the script that the shell reads: name a script in pass-arguments-to-command',
      ),
    ];
  if (flag === -1 || line === undefined || !isFromRequest(line)) return [];
  return [
    error(
      [...path, 'pass-arguments-to-command', flag + 1],
      'whoever sends the request writes the line that the shell runs: put the line here as a "string", and pass values behind it as $1, $2, …',
    ),
  ];
}

function checkMultipart({ behaviour }: HookChecking, hook: Hook, path: Path): readonly Finding[] {
  if (hook.rule === null || !asksSignature(hook.rule)) return [];
  if (!behaviour.has('signMultipart'))
    return [
      error(
        [...path, 'trigger-rule'],
        'the signature of a multipart body is that of the empty text, so anybody who knows it for one may send all: leave signMultipart on',
      ),
    ];
  return hook.contentType.startsWith('multipart/')
    ? [
        warning(
          [...path, 'incoming-payload-content-type'],
          'the original program checks signatures of multipart bodies over nothing at all: there, any body passes that one did',
        ),
      ]
    : [];
}

function asksSignature(rule: Rule): boolean {
  switch (rule.kind) {
    case 'and':
    case 'or':
      return rule.of.some(asksSignature);
    case 'not':
      return asksSignature(rule.of);
    case 'match':
      return signatureTypes.has(rule.match.type) || providers.has(rule.match.type);
    case 'empty':
      return false;
  }
}

function checkAnswer(hook: Hook, path: Path): readonly Finding[] {
  const codes = [
    ['success-http-response-code', hook.successStatus],
    ['trigger-rule-mismatch-http-response-code', hook.mismatchStatus],
  ] as const;
  return [
    ...codes.flatMap(([name, code]) =>
      code === 0 || isKnownStatus(code)
        ? []
        : [
            warning(
              [...path, name],
              `${code} is no status of HTTP, so 200 is answered: write one such as 202 or 403`,
            ),
          ],
    ),
    ...hook.responseHeaders.flatMap(({ name }, n) =>
      isHeaderName(name)
        ? []
        : [
            warning(
              [...path, 'response-headers', n, 'name'],
              `"${cut(name)}" is no name of a header, so it is left out`,
            ),
          ],
    ),
    ...(hook.captureOutputOnError && !['output', 'stream'].includes(modeOf(hook))
      ? [
          warning(
            [...path, 'include-command-output-in-response-on-error'],
            'it has no effect without "include-command-output-in-response": true',
          ),
        ]
      : []),
  ];
}
