/** Where a rule's badge is. */
export const badgePath = (rule: string): string => `/badge/${encodeURIComponent(rule)}.svg`;

/** What shows the badge in a README, and leads to the rule. */
export function badgeMarkdown(origin: string, rule: string, hash: string): string {
  const name = rule.replace(/[\\[\]]/g, '\\$&');
  return `[![${name}](${origin}${closed(badgePath(rule))})](${origin}/${closed(hash)})`;
}

/** Parentheses would end the address. */
const closed = (address: string): string => address.replaceAll('(', '%28').replaceAll(')', '%29');
