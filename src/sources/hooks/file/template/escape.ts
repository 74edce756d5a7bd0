const htmlEscapes = new Map([
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\0', '\ufffd'],
]);

/** Text within HTML. */
export const htmlText = (text: string): string =>
  text.replace(/["'&<>\0]/g, character => htmlEscapes.get(character) ?? character);

/** Text within a string of JavaScript, or of a hooks file. */
export const jsText = (text: string): string =>
  text.replace(/[\\'"<>&=]|[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, character =>
    /[\\'"]/.test(character) ? `\\${character}` : units(character),
  );

const units = (character: string): string =>
  character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
    .join('');

/** Text within a query. */
export const queryText = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
