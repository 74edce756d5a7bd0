import type { Outcome } from '../../domain/run.ts';
import { xmlText } from './xml-text.ts';

/** White on each of these has a contrast of at least 4.5. */
const colours: Readonly<Record<Outcome | 'none', string>> = {
  success: '#17713f',
  failure: '#b3261e',
  error: '#b3261e',
  timeout: '#b3261e',
  lost: '#b3261e',
  cancelled: '#5f6b69',
  superseded: '#5f6b69',
  skipped: '#5f6b69',
  none: '#5f6b69',
};

/** Of an 11 px sans serif face, on the wide side: `textLength` makes the text fit. */
const letterPx = 6.6;
const paddingPx = 7;
const heightPx = 20;

/** A badge: a rule's name, and how its last run ended; null: it has not. */
export function badgeSvg(name: string, outcome: Outcome | null): string {
  const word = outcome ?? 'no run';
  const left = widthOf(name);
  const width = left + widthOf(word);
  const title = xmlText(`${name}: ${word}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${heightPx}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${heightPx}" rx="3" fill="#2b3438"/>`,
    `<path d="M${left} 0h${width - left - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-${width - left - 3}z" fill="${colours[outcome ?? 'none']}"/>`,
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
    textAt(name, 0),
    textAt(word, left),
    '</g></svg>',
  ].join('');
}

const textAt = (text: string, from: number): string =>
  `<text x="${from + paddingPx}" y="14" textLength="${widthOf(text) - 2 * paddingPx}" lengthAdjust="spacingAndGlyphs">${xmlText(text)}</text>`;

const widthOf = (text: string): number => Math.ceil(text.length * letterPx) + 2 * paddingPx;
