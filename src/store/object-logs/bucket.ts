/** Where objects are kept that everybody reads who has its address. Nothing is ever written twice under one key. */
export interface Bucket {
  /** For people, and to see whether two are the same. */
  readonly name: string;
  /** Resolves when the object is kept. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The whole object, which has so many bytes. */
  get(key: string, size: number): Promise<Uint8Array>;
  /** Also when there is none. */
  delete(key: string): Promise<void>;
}
