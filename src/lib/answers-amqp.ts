import { connect } from 'node:net';

/** How every conversation in AMQP 0-9-1 begins. See section 4.2.2 of its specification. */
const greeting = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
/** The first byte of a method frame, and of the greeting by which a broker names the version it wants. */
const beginnings: readonly (number | undefined)[] = [1, greeting[0]];

/**
 * Whether somebody at a port answers in AMQP; undefined when nobody answers within the time, or at all. What is no broker
 * may say things that a client takes for a frame of gigabytes.
 */
export function answersAmqp(
  address: { readonly host: string; readonly port: number },
  withinMs: number,
): Promise<boolean | undefined> {
  return new Promise(resolve => {
    const socket = connect(address);
    const end = (said: boolean | undefined): void => {
      socket.destroy();
      resolve(said);
    };
    socket.setTimeout(withinMs, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('close', () => end(undefined));
    socket.once('data', piece => end(beginnings.includes(piece[0])));
    socket.write(greeting);
  });
}
