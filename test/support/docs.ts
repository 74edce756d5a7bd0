import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root: string = join(import.meta.dirname, '..', '..');

/** A page of Markdown that is part of the project. */
export interface Page {
  /** From the root: `docs/runbook.md`. */
  readonly file: string;
  readonly text: string;
}

export const docs: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/*.md', { cwd: root }),
]
  .filter(file => existsSync(join(root, file)))
  .map(file => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** The code blocks of a language. */
export function blocks({ text }: Page, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , block = '']) => block);
}

/** The commands of a page in their order, without comments; one may go on after a backslash. */
export function commands(page: Page): readonly string[] {
  return blocks(page, 'sh')
    .flatMap(block => block.replaceAll('\\\n', ' ').split('\n'))
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(line => line !== '');
}

/** Where a page's links and pictures lead. */
export function links({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:href|src|srcset)="([^"\s]+)"/g)].map(
    ([, link, attribute]) => link ?? attribute ?? '',
  );
}

/** What a page says in code: `like this`. */
export function inCode({ text }: Page): readonly string[] {
  return [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The anchors of a page's headings, as they are made where Markdown is shown. */
export function anchors({ text }: Page): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
