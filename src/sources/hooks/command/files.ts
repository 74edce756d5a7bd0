import type { Argument } from '../hook.ts';
import { obtain } from '../obtain.ts';
import type { ReadRequest } from '../request/request.ts';
import { label } from '../rule/label.ts';
import { contentOf } from './content.ts';

/** A file to write for a command, readable for its owner alone, and to remove when the command has ended. */
export interface HandedFile {
  /** The variable that tells its path. */
  readonly variable: string;
  /** What its name begins and ends with; a number that makes it the only one stands between. */
  readonly prefix: string;
  readonly suffix: string;
  readonly content: Uint8Array;
}

/** The files of a hook; those whose value is missing are left out. */
export function filesOf(
  wanted: readonly Argument[],
  request: ReadRequest,
): { readonly files: readonly HandedFile[]; readonly problems: readonly string[] } {
  const files: HandedFile[] = [];
  const problems: string[] = [];
  for (const argument of wanted) {
    const obtained = obtain(argument, request);
    if (obtained.result !== 'value') {
      problems.push(`file: ${label(argument)}: ${obtained.reason}`);
      continue;
    }
    const variable = argument.envname === '' ? `HOOK_${argument.name.toUpperCase()}` : argument.envname;
    if (variable.includes('/')) {
      problems.push(`file: the variable ${variable} names the file too, so there can be no "/" in it`);
      continue;
    }
    const star = variable.lastIndexOf('*');
    files.push({
      variable,
      prefix: star === -1 ? variable : variable.slice(0, star),
      suffix: star === -1 ? '' : variable.slice(star + 1),
      content: contentOf(argument, obtained.text),
    });
  }
  return { files, problems };
}
