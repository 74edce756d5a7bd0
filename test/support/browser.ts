import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Quiet: a browser that calls home would make "no request to another host" a matter of luck. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium of this machine, or the one that SIGNALBOX_CHROMIUM names. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['SIGNALBOX_CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(
      `the window is tested in a real browser, and there is none at ${executablePath}: install Chromium, or set SIGNALBOX_CHROMIUM to where it is`,
    );
  return chromium.launch({ executablePath, args });
}

/** A page of its own, and all that should not have happened in it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, exceptions, and requests to anyone but `origin`; empty when all is well. */
  readonly troubles: readonly string[];
}

export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => troubles.push(`exception: ${error.message}`));
  page.on('request', request => {
    if (new URL(request.url()).origin !== origin) troubles.push(`request to ${request.url()}`);
  });
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
}
