/** Why a method is not done: what its caller is told. Stays in this room. */
export class MethodError extends Error {
  readonly status: number;
  /** The word that programs know it by. */
  readonly tag: string;
  constructor(status: number, tag: string, message: string) {
    super(message);
    this.status = status;
    this.tag = tag;
  }
}

/** What is wrong with a call has no word of its own. */
export const generic = (message: string): MethodError => new MethodError(400, 'Generic', message);
