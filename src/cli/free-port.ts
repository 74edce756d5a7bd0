import { createServer } from 'node:net';

/** The port on loopback if nobody has it, else 0: the system chooses one. */
export function freePort(port: number): Promise<number> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(0));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}
