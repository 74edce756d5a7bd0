/** Whether the promise is fulfilled within that time; a rejection is passed on. It goes on either way. */
export function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms);
    void promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
}
