/**
 * A name as Dagger's command line has it: `onGithubPushV2` is `on-github-push-v-2`. Functions are found by no other;
 * words begin where letters grow, and where letters and digits meet.
 */
export function kebab(name: string): string {
  return name
    .replaceAll(/[_\s.]/g, '-')
    .replaceAll(/([a-z])(?=[A-Z0-9])|([0-9])(?=[A-Za-z])|([A-Z])(?=[0-9]|[A-Z][a-z])/g, '$&-')
    .toLowerCase();
}

/** A flag in one piece: so a value may begin with a dash, and stays one value whatever is in it. */
export function flag(name: string, value: string): string {
  return `--${kebab(name)}=${value}`;
}

/** The flags of a list, one per item. Dagger reads each as a line of CSV, which may hold several. */
export function listFlags(name: string, values: readonly string[]): readonly string[] {
  return values.map(value => flag(name, /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value));
}
