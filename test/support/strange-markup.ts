import type { Page } from 'playwright-core';

/** All that the window itself makes. What data could have made beside it would be something else. */
const elements = new Set(
  'A ARTICLE ASIDE B BDI BR BUTTON CIRCLE CODE DD DETAILS DIV DL DT G H1 H2 H3 HEADER INPUT KBD LI MAIN MARK NAV OL OPTION OUTPUT P PATH PRE RECT SEARCH SECTION SELECT SPAN SUMMARY SVG TABLE TBODY TD TEXT TEXTAREA TH THEAD TIME TITLE TR UL'.split(
    ' ',
  ),
);
const attributes = new Set(
  'alt aria-expanded aria-hidden aria-label aria-live aria-pressed autocapitalize class cx cy d data-seq datetime disabled download height href maxlength open placeholder r preserveAspectRatio rel role rows rx scope spellcheck src style tabindex target text-anchor title type value viewBox width x y'.split(
    ' ',
  ),
);

/** Everything on the page that is not of the window's own making. */
export function strangeMarkup(page: Page): Promise<readonly string[]> {
  return page.locator('main, main *').evaluateAll(
    (all, [elements, attributes]) =>
      all.flatMap(element => [
        // A rule's badge is the only picture that is not drawn here.
        ...(elements.includes(element.tagName.toUpperCase()) ||
        (element.tagName === 'IMG' && /^\/badge\/[\w%-]+\.svg\?/.test(element.getAttribute('src') ?? ''))
          ? []
          : [`<${element.tagName}>`]),
        ...[...element.attributes].flatMap(({ name, value }) => {
          if (!attributes.includes(name)) return [`${name}="${value}"`];
          if (name === 'href' && !/^(?:#\/|https?:\/\/|\/api\/|\/cc\.xml$)/.test(value))
            return [`href="${value}"`];
          if (name === 'style' && !/^(?:height|flex-grow): ?[\d.e+]+(?:px)?;$/.test(value))
            return [`style="${value}"`];
          return [];
        }),
      ]),
    [[...elements], [...attributes]] as const,
  );
}
