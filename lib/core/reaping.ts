/** Whether the ends of children are of no interest: Perl's `$SIG{CHLD} = "IGNORE"`, and SA_NOCLDWAIT. */

const reasons = new Set<object>();

/** What to do with the statuses of children. */
export const reaping = {
  /** Whether they are thrown away. */
  get automatic(): boolean {
    return reasons.size > 0;
  },
  /** Throw them away for as long as there is a reason. */
  set(reason: object, on: boolean): void {
    on ? reasons.add(reason) : reasons.delete(reason);
  },
};
