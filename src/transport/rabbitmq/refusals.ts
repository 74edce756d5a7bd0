import { SignalboxError } from '../../domain/errors.ts';
import type { AmqpAddress } from '../../lib/amqp-url.ts';

/** What the broker, or the way to it, has against us, in a sentence that says how to mend it. */
export function refusal(address: AmqpAddress, error: unknown): SignalboxError {
  if (error instanceof SignalboxError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const told = (kind: 'unavailable' | 'forbidden' | 'conflict' | 'not_found', sentence: string) =>
    new SignalboxError(kind, sentence, { cause: error });
  const { user, virtualHost, shown } = address;
  switch (code) {
    case 'ACCESS_REFUSED':
      return isLogin(text)
        ? told(
            'forbidden',
            `RabbitMQ does not let ${user} in at ${shown}: check the name and the password in that address`,
          )
        : told(
            'forbidden',
            `RabbitMQ does not allow ${user} to do this (${quoted(text)}): an agent needs the rights that "signalbox agent add" gives, a server all: rabbitmqctl set_permissions -p ${virtualHost} ${user} '.*' '.*' '.*'`,
          );
    case 'NOT_ALLOWED':
      return told(
        'forbidden',
        `RabbitMQ has no virtual host "${virtualHost}" that ${user} may enter (at ${shown}): make it with "rabbitmqctl add_vhost ${virtualHost}", and give ${user} its permissions there`,
      );
    case 'PRECONDITION_FAILED':
      return told(
        'conflict',
        /user.?id/i.test(text)
          ? `RabbitMQ refuses a message under a name that is not its sender's (${quoted(text)})`
          : `RabbitMQ has a queue or an exchange of this name with other arguments (${quoted(text)}): delete it there, or use another virtual host`,
      );
    case 'RESOURCE_LOCKED':
      return told(
        'conflict',
        'another agent of this name is connected already: give each agent a name of its own',
      );
    case 'NOT_FOUND':
      return told(
        'not_found',
        `RabbitMQ does not have this yet (${quoted(text)}): a control plane makes it when it is connected`,
      );
    case 'NACK':
      return told('unavailable', 'RabbitMQ could not store a message: it is sent again');
    case 'INTERNAL_ERROR':
      return told(
        'unavailable',
        `RabbitMQ at ${shown} has closed the connection over an error of its own, which its log tells: often a queue has lost its leader`,
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return told(
        'forbidden',
        `RabbitMQ at ${shown} shows a certificate of an authority that is not trusted here (${text}): name the file with the right authority in NODE_EXTRA_CA_CERTS`,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return told(
        'forbidden',
        `RabbitMQ at ${shown} shows a certificate for another name (${text}): write a name that is in it into "transport"`,
      );
    case 'CERT_HAS_EXPIRED':
      return told('forbidden', `RabbitMQ at ${shown} shows a certificate that has expired: renew it there`);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return told(
        'forbidden',
        `no TLS can be spoken with RabbitMQ at ${shown}: write the port where it speaks it (5671), or amqp:// where the network is yours`,
      );
    default:
      return told(
        'unavailable',
        `RabbitMQ at ${shown} does not answer (${text || code}): is it running, and reachable from here?`,
      );
  }
}

/** A queue that does not answer, though the broker does; `what` is not possible therefore. */
export const withoutLeader = (virtualHost: string, queue: string, what: string): SignalboxError =>
  new SignalboxError(
    'unavailable',
    `${what}: the queue ${queue} of RabbitMQ seems to have lost its leader; where all nodes of RabbitMQ are up, delete it with "rabbitmqctl delete_queue -p ${virtualHost} ${queue}": it is made again, and no run gets lost`,
  );

/** Whether waiting does not help: somebody has to change something. */
export const isFinal = ({ code }: SignalboxError): boolean => code === 'forbidden' || code === 'conflict';

const isLogin = (text: string): boolean => /Login was refused/i.test(text);

/** The broker's own words, without the names of methods and codes before them. */
const quoted = (text: string): string => text.replace(/^.*?[A-Z_]{4,} - /, '').replace(/\. .*$/, '');
