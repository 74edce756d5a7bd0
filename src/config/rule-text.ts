import { readFileSync } from 'node:fs';
import { readYaml } from './document.ts';

/**
 * A rule as the configuration file says it now, as a list of one, for people to change and try; null when the file does
 * not say it (it comes from elsewhere, or the file is broken or gone).
 */
export function ruleText(file: string | null, name: string): string | null {
  if (file === null) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Whoever asks can write the rule anew.
    return null;
  }
  const yaml = readYaml(text);
  return yaml.result === 'broken' ? null : (yaml.file.itemText('rules', name) ?? null);
}
