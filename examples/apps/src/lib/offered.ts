/** Something that the server says the viewer may do. */
export interface OfferedAction<Action extends string> {
  action: Action;
  from?: string | null;
  until?: string | null;
}

/** What may be done now, of what this page knows how to ask for, in the order of `known`. What is not in the list is no button. */
export function offeredNow<Action extends string, Known extends Action>(
  offered: readonly OfferedAction<Action>[],
  known: readonly Known[],
  now = Date.now(),
): Known[] {
  const open = offered.filter(({ from, until }) => (!from || Date.parse(from) <= now) && (!until || Date.parse(until) > now));
  return known.filter((action) => open.some((one) => one.action === action));
}

/** What may be done only later, with the moment from which on. */
export function offeredLater<Action extends string>(offered: readonly OfferedAction<Action>[], now = Date.now()) {
  return offered.flatMap(({ action, from }) => (from && Date.parse(from) > now ? [{ action, from }] : []));
}
