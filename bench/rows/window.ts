import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext } from 'playwright-core';
import { buildWeb } from '../../scripts/web.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { type Signalbox, startSignalbox } from '../contenders/signalbox.ts';
import { atMost, type Figures, type Row } from '../row.ts';

/** More than the inbox shows at once. */
const events = 60;
const built = join(import.meta.dirname, '..', '..', 'dist', 'web');

/** From an address to an inbox that can be read, in a browser that has never been there, and again in one that has. */
export const window: Row = {
  name: 'window',
  title: 'The window, in Chromium: from the address until the first 50 events of the inbox are drawn',
  programs: ['chromium'],
  lines: [
    {
      what: 'first view, for the first time',
      unit: 'ms',
      figure: 'firstMs',
      of: 'signalbox',
      against: null,
      aim: atMost(1000),
    },
    {
      what: 'first view, with the files at hand',
      unit: 'ms',
      figure: 'againMs',
      of: 'signalbox',
      against: null,
      aim: atMost(1000),
    },
    {
      what: 'all its files, compressed',
      unit: 'kB',
      figure: 'filesKb',
      of: 'signalbox',
      against: null,
      aim: atMost(120),
    },
    {
      what: 'its script, compressed',
      unit: 'kB',
      figure: 'scriptKb',
      of: 'signalbox',
      against: null,
      aim: null,
    },
  ],
  async open(bench, opened) {
    await buildWeb();
    const rules = 'rules: [{ name: unit, on: push, run: "true" }]';
    const server = opened.use(await startSignalbox(bench.directory, rules));
    for (let n = 0; n < events; n += 1) await server.api('/api/rules/unit/run', {});
    const browser = opened.adopt(await launchBrowser(), browser => browser.close());
    const sizes = { filesKb: compressedKb('**/*'), scriptKb: compressedKb('**/*.js') };
    return { signalbox: async () => ({ ...sizes, ...(await views(browser, server)) }) };
  },
};

async function views(browser: Browser, server: Signalbox): Promise<Figures> {
  const { url } = await server.api<{ url: string }>('/api/sign-in-links', {});
  await using visitor = await browser.newContext();
  // Signs in without seeing the window.
  await visitor.request.get(url, { maxRedirects: 0 });
  return { firstMs: await view(visitor, server), againMs: await view(visitor, server) };
}

async function view(visitor: BrowserContext, { adminUrl }: Signalbox): Promise<number> {
  await using page = await visitor.newPage();
  const since = performance.now();
  await page.goto(adminUrl, { waitUntil: 'commit' });
  await page.locator('.event-row').nth(49).waitFor();
  return performance.now() - since;
}

function compressedKb(pattern: string): number {
  const files = globSync(pattern, { cwd: built, withFileTypes: true }).filter(file => file.isFile());
  const bytes = files.map(file => gzipSync(readFileSync(join(file.parentPath, file.name))).length);
  return bytes.reduce((sum, each) => sum + each, 0) / 1000;
}
