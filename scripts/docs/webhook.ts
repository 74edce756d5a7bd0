import { personaFlags } from '../../src/cli/personas/webhook/flag-list.ts';
import { deviations } from '../../src/sources/hooks/deviations.ts';
import { markdownTable } from './markdown-table.ts';

/** `docs/webhook.md`: how to come from adnanh/webhook; flags and differences from the tables that the program uses. */
export function webhookPage(): string {
  return [
    introduction,
    markdownTable(
      ['Flag of our own', 'What it is'],
      personaFlags.map(({ name, usage, initial }) => [
        `\`-${name}\``,
        initial === '' || initial === '0' ? usage : `${usage} (default ${initial})`,
      ]),
    ),
    differences,
    markdownTable(
      ['', 'The original', 'Here', 'Why', 'Switch'],
      deviations.map(({ number, name, theirs, ours, reason, isSwitchable, default: isOn }) => [
        number,
        theirs,
        ours,
        reason,
        isSwitchable ? `\`-deviation ${name}=${isOn ? 'off' : 'on'}\`${isOn ? '' : ' (it is off)'}` : 'none',
      ]),
    ),
    '`-deviation all=off` switches off all that can be.',
    files,
    '',
  ].join('\n\n');
}

const introduction = `# Coming from webhook

Change one word:

\`\`\`sh
signalbox as webhook -hooks hooks.json -verbose
\`\`\`

Every flag of adnanh/webhook 2.8 means what it means there, and so do hooks files, JSON or YAML, templates, signals, \`-hotreload\`, TLS, unix sockets, sockets of systemd and \`-setuid\`. Requests are answered byte for byte as the original answers them; the table below has every exception. In Debian's unit, \`/usr/bin/webhook\` becomes \`/usr/bin/signalbox as webhook\`.

What is new:

- A request that a hook is asked about is on the disk before it is answered, with the verdict and why: \`X-Signalbox-Event\` and \`X-Signalbox-Run\` in the answer name it. What was accepted runs, also after \`kill -9\`.
- What ran, when, with which output: \`signalbox runs ls\`, \`signalbox runs logs -f last\`, or the page on port 8081; \`signalbox events explain last\` tells why a hook did not run; \`signalbox events replay last\` has it run again. \`--data\` tells these commands where the server keeps its state; the first lines of the log tell you.
- A stop waits for what runs, then ends it with all that it has started; a second one does not wait.
- A program in the background that keeps its command's output open counts as that command, and holds its place among those that run at a time, as it also keeps the original waiting: send its output elsewhere.
- \`signalbox hooks check hooks.json\` finds what bites in a file, and the log says it when the file is read. \`signalbox hooks explain hooks.json deploy --event sample.json\` tries a request without running anything.
- A file that is broken while it is saved changes nothing.

Commands see the whole environment of the server, as the original's users rely on, and [a few variables more](configuration.md#what-a-job-sees), but not \`CI\`. Of a request everything is kept but headers and parameters that look like passwords or tokens by their names.`;

const differences = `## What is different

Every difference that there is on purpose. Anything else is a mistake: please report it.`;

const files = `State is kept in \`-data\`, else where the service manager says (\`STATE_DIRECTORY\`), else in \`/var/lib/signalbox/webhook\` for root, else in \`~/.local/state/signalbox/webhook\`. Files of \`pass-file-to-command\` stand in the hook's working directory as before; without one, in a directory that goes with the run.`;
