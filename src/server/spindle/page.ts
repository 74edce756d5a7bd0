/** An answer over HTTP, whole. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A line, in the form in which Go's net/http says no. */
export function textPage(status: number, line: string, headers: Page['headers'] = {}): Page {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: `${line}\n`,
  };
}

export function jsonPage(status: number, value: object): Page {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

/** For whatever is at no address. */
export const noPage: Page = textPage(404, '404 page not found');

/** Done, and nothing more to say. */
export const emptyPage: Page = { status: 200, headers: {}, body: '' };
