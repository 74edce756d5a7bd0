/**
 * Characters that would change how the text around them is read without being seen: control characters (but tab
 * and line feed), bidirectional overrides and isolates, zero-width and tag characters.
 */
const unseen =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The same text with every unseen character spelled out: `⟦U+202E⟧`. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unseen, spell);
}

const spell = (character: string): string =>
  `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟧`;
