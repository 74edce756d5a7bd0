/** The media type of server-sent events. */
export const eventStream = 'text/event-stream';

/** Sent first, so that the reader knows at once that it is heard; a lost reader comes back after 2 s. */
export const hello = 'retry: 2000\n\n';

/** Keeps proxies from taking a quiet stream for a dead one. */
export const beat = ': still here\n\n';

/** One message. `data` must not contain line breaks; JSON does not. */
export function message(id: number, data: string): string {
  return `id: ${id}\ndata: ${data}\n\n`;
}

/** A message of a kind of its own, without an id: a reader that comes back hears it again. */
export function named(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
