import type { ReportedRun } from './report-facts.ts';

/** Readers of feeds come back in time for so many. */
const mostItems = 50;

/** By this our pages are known. */
export const generator = '<meta name="generator" content="signalbox">';

/** All runs newest first; the latest of each repository stands for it. */
export function indexHtml(runs: readonly ReportedRun[], queued: number, at: string): string {
  const latest = [...Map.groupBy(runs, run => run.repo).values()].flatMap(([first]) =>
    first === undefined ? [] : [first],
  );
  return html('CI', [
    `<p>${queued} in the queue. Written ${escape(at)}.</p>`,
    table(
      latest,
      ({ repo, name }) => `<a href="${escape(repo.replace(/^rad:/, ''))}.html">${escape(name)}</a>`,
    ),
  ]);
}

export function repositoryHtml(repo: string, runs: readonly ReportedRun[]): string {
  return html(runs[0]?.name ?? repo, [
    `<p><code>${escape(repo)}</code> · <a href="index.html">all repositories</a></p>`,
    table(runs, ({ ref }) => escape(ref ?? '')),
  ]);
}

export function feedXml(title: string, runs: readonly ReportedRun[], at: string): string {
  const items = runs
    .slice(0, mostItems)
    .map(
      run =>
        `<item><title>${escape(`${run.name}: ${standing(run)}`)}</title><guid isPermaLink="false">${escape(run.id)}</guid>${
          run.link === null ? '' : `<link>${escape(run.link)}</link>`
        }<pubDate>${new Date(run.queuedAt).toUTCString()}</pubDate><description>${escape(`${run.rule}, ${run.ref ?? ''} ${run.sha ?? ''}`)}</description></item>`,
    );
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>${title}</title><link>index.html</link><description>${title}</description><lastBuildDate>${new Date(at).toUTCString()}</lastBuildDate>
${items.join('\n')}
</channel></rss>
`;
}

function table(runs: readonly ReportedRun[], first: (run: ReportedRun) => string): string {
  const rows = runs.map(run => {
    const id = escape(run.adapterRun ?? run.id);
    const linked = run.link === null ? id : `<a href="${escape(run.link)}">${id}</a>`;
    const cells = [
      first(run),
      escape(standing(run)),
      escape(run.rule),
      `<code>${escape(run.sha?.slice(0, 12) ?? '')}</code>`,
      escape(run.actor),
      linked,
      escape(run.queuedAt),
    ];
    return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const heads = ['', 'status', 'adapter', 'commit', 'by', 'run', 'when'];
  return `<table><tr>${heads.map(head => `<th>${head}</th>`).join('')}</tr>\n${rows.join('\n')}\n</table>`;
}

const standing = ({ state, outcome, reason }: ReportedRun): string =>
  `${outcome ?? state}${reason === null ? '' : ` (${reason})`}`;

const html = (title: string, body: readonly string[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${generator}<meta http-equiv="refresh" content="300"><title>${escape(title)}</title></head>
<body><h1>${escape(title)}</h1>
${body.join('\n')}
</body></html>
`;

/** Names in these pages are chosen by whoever pushes; of what XML does not allow there is nothing. */
const escape = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\x20-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
