/** A stream of server-sent events that goes on where it was, whatever happens in between. */
export interface StreamReader {
  /** `cursor` is the id of the last message, null before the first. */
  address(cursor: string | null): string;
  opened(): void;
  message(data: string): void;
  /** The server has said all there is to say; nothing follows. */
  ended(): void;
  /** Interrupted; it will go on by itself. */
  interrupted(): void;
  /** The server would not have us, for a reason that only another call can tell. It is asked again. */
  refused(): void;
}

/** A refused stream is opened again after this long. */
const againMs = 3_000;

/**
 * Opens a stream, and closes it while nobody can see the window: browsers allow six connections to a server, and
 * tabs in the background must not take them all. Returns what closes it for good.
 */
export function openStream(reader: StreamReader): () => void {
  let cursor: string | null = null;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };

  const open = (): void => {
    close();
    const opened = new EventSource(reader.address(cursor));
    source = opened;
    opened.addEventListener('open', () => reader.opened());
    opened.addEventListener('message', ({ data, lastEventId }: MessageEvent<string>) => {
      cursor = lastEventId;
      reader.message(data);
    });
    opened.addEventListener('end', () => {
      finish();
      reader.ended();
    });
    opened.addEventListener('error', () => {
      reader.interrupted();
      if (opened.readyState !== EventSource.CLOSED) return;
      reader.refused();
      timer = setTimeout(open, againMs);
    });
  };

  const look = (): void => (document.hidden ? close() : open());
  const finish = (): void => {
    document.removeEventListener('visibilitychange', look);
    close();
  };

  document.addEventListener('visibilitychange', look);
  look();
  return finish;
}
