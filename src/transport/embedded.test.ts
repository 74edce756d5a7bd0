import { transportSuite } from '../contracts/transport.suite.ts';
import { createEmbeddedTransport } from './embedded.ts';

transportSuite('embedded', async () => createEmbeddedTransport());
