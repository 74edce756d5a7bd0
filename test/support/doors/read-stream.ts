/** For tests: the messages of an event stream, one by one. Leaving the loop closes the connection. */
export async function* messages(
  url: string,
  headers: Record<string, string>,
): AsyncGenerator<{
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}> {
  const abort = new AbortController();
  try {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)]),
    });
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    let rest = '';
    for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        const data = field('data');
        if (data !== undefined) yield { id: field('id'), event: field('event'), data };
      }
    }
  } finally {
    abort.abort();
  }
}
