/** Makes this process another user's, for good and without further groups. Throws a sentence for people when it may not. */
export function become({ uid, gid }: { readonly uid: number; readonly gid: number }): void {
  const { setgroups, setgid, setuid } = process;
  if (!setgroups || !setgid || !setuid) throw new Error('this system knows no users to change to');
  try {
    // In this order: without root's rights the groups could not be changed any more.
    setgroups([]);
    setgid(gid);
    setuid(uid);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`error dropping privileges: user ${uid} and group ${gid}: ${why}`, { cause });
  }
}
