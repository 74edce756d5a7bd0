import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/web.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { createRepository, type TestRepository } from './git-repository.ts';
import { githubRequest, push } from './github-payloads.ts';
import { startServer, type TestServer } from './server.ts';

/** Whoever sends this is GitHub. The configuration names it `${env:HOOK_SECRET}`. */
export const hookSecret = 'the secret of the webhook';

/** The window in a real browser, signed in, before a real server with a real repository. */
export interface TestWindow extends AsyncDisposable {
  readonly browser: Browser;
  readonly server: TestServer;
  readonly repository: TestRepository;
  readonly opened: WatchedPage;
  readonly page: Page;
  /** Goes to a page of the window. */
  open(hash: string): Promise<void>;
  /** Another page of the same session. */
  another(options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Sends a push to a branch; returns the ids of the event and of its first run. */
  deliver(
    branch: string,
    change?: (payload: ReturnType<typeof push>) => object,
  ): Promise<{ readonly event: string; readonly run: string }>;
}

/** How long a page may take to show what it should, also when eight of them share two cores. */
const patienceMs = 30_000;

export async function openWindow(
  config: string,
  files: Parameters<typeof createRepository>[0] = { 'README.md': 'hello\n' },
): Promise<TestWindow> {
  await using stack = new AsyncDisposableStack();
  await buildWeb();
  const browser = stack.adopt(await launchBrowser(), browser => browser.close());
  const repository = stack.use(await createRepository(files));
  const server = stack.use(await startServer(config, { HOOK_SECRET: hookSecret }));
  const opened = stack.use(
    await openPage(browser, server.adminUrl, { viewport: { width: 1280, height: 800 } }),
  );
  const { page } = opened;
  page.setDefaultTimeout(patienceMs);
  const { url } = await server.api<{ url: string }>('/api/sign-in-links', { method: 'POST', body: '{}' });
  await page.goto(url);
  await page.locator('.header-connection', { hasText: 'live' }).waitFor();
  const held = stack.move();
  return {
    browser,
    server,
    repository,
    opened,
    page,
    open: async hash => {
      await page.goto(`${server.adminUrl}/${hash}`);
    },
    another: async options => {
      const storageState = await page.context().storageState();
      const other = await openPage(browser, server.adminUrl, { ...options, storageState });
      other.page.setDefaultTimeout(patienceMs);
      return other;
    },
    deliver: async (branch, change = payload => payload) => {
      const payload = push({
        name: 'acme/widgets',
        url: repository.url,
        ref: `refs/heads/${branch}`,
        after: repository.sha,
      });
      const { body, headers } = githubRequest('push', change(payload), hookSecret);
      const response = await fetch(`${server.publicUrl}/github`, { method: 'POST', body, headers });
      assert.equal(response.status, 202, await response.text());
      return {
        event: response.headers.get('x-signalbox-event') ?? '',
        run: (response.headers.get('x-signalbox-run') ?? '').split(', ')[0] ?? '',
      };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
