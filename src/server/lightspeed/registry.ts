import type { HttpSource } from '../../contracts/source.ts';
import type { Json } from '../../domain/json.ts';

/** What Lightspeed's admin server does beyond telling of listeners that stand in files. */
export interface Registry {
  /**
   * Keeps a listener, in place of the one of its name, and puts it in force. The same once more changes nothing. Throws
   * `invalid` when it is none.
   */
  register(name: string, config: Json): Promise<void>;
  /** False when there is none of that name. */
  remove(name: string): Promise<boolean>;
  /** How what the hook server hands on is read. */
  readonly handedOn: HttpSource;
}
