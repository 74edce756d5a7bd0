/** What a connection is told whose requests cannot be read; it ends with it. In the words of Go's net/http. */
export function refusalText(status: string, body: string = status): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;
}

/** By the code of the parser's error; null: the connection is ended without a word. */
export function refusalOf(code: string): string | null {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusalText('431 Request Header Fields Too Large');
    case 'HPE_INVALID_HEADER_TOKEN':
      return refusalText('400 Bad Request: invalid header name');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusalText('408 Request Timeout');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'HPE_CLOSED_CONNECTION':
      return null;
    default:
      return code.startsWith('HPE_') ? refusalText('400 Bad Request') : null;
  }
}

const hostCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]%]*$/;

/** What is wrong with a request that Node let through, or null. */
export function faultOf(version: string, headers: readonly (readonly [string, string])[]): string | null {
  const values = (wanted: string): readonly string[] =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const hosts = values('host');
  if (version !== '1.0' && version !== '1.1')
    return refusalText('505 HTTP Version Not Supported: unsupported protocol version');
  if (hosts.length > 1) return refusalText('400 Bad Request');
  if (hosts.length === 0 && version === '1.1')
    return refusalText('400 Bad Request: missing required Host header');
  if (hosts.some(host => !hostCharacters.test(host)))
    return refusalText('400 Bad Request: malformed Host header');
  if (values('transfer-encoding').some(value => value.toLowerCase() !== 'chunked'))
    return refusalText('501 Not Implemented', 'Unsupported transfer encoding');
  return null;
}
