import type { Place } from '../yaml.ts';
import { TemplateFailure } from './failure.ts';
import { functionNames, type TemplateWorld } from './functions.ts';
import { parseTemplate } from './parse.ts';
import { run } from './run.ts';

export type TemplateRun =
  | { readonly result: 'text'; readonly text: string }
  | { readonly result: 'broken'; readonly message: string; readonly place: Place };

/** What a text is as a template of Go that is given no data. Never throws. */
export function runTemplate(world: TemplateWorld, text: string): TemplateRun {
  try {
    return { result: 'text', text: run(world, parseTemplate(text, functionNames)) };
  } catch (error) {
    if (!(error instanceof TemplateFailure)) throw error;
    const lines = text.slice(0, error.at).split('\n');
    const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    return { result: 'broken', message: error.message, place };
  }
}
