import { readdirSync, readFileSync } from 'node:fs';

/**
 * Ends what jobs have left running whose files are in that directory, at once: a server or an agent that a test has killed
 * for good has nobody else who does.
 */
export function endStrays(directory: string): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').includes(`SIGNALBOX_EVENT_FILE=${directory}/`))
        process.kill(Number(name), 'SIGKILL');
    } catch {
      // It has ended meanwhile, or is nobody's business.
    }
  }
}
