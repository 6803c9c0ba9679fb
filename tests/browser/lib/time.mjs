// Makes every run look as if it happened at the same moment: the browser's clock stands still, and the times in what the server
// says are moved to it. What takes a story some seconds must not be seen in a picture, so near times are moved to whole minutes,
// and far ones to whole days: some of them end with a day, which is nearer in the evening.
const minute = 60_000;
const day = 24 * 60 * minute;
const far = 12 * 60 * minute;
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;
const date = /"(\d{4}-\d\d-\d\d)"/g;

export const shownNow = new Date('2026-11-20T10:05:00Z');
const toldAt = new Date('2026-11-20T10:00:00Z').getTime();

export function standStill(startedAt) {
  const dayOf = (time) => Math.floor(time / day);
  const moved = (said) => {
    const distance = said - startedAt;
    const step = Math.abs(distance) > far ? Math.ceil((distance - 15 * minute) / day) * day : Math.round(distance / minute) * minute;
    return toldAt + step;
  };
  return (text) =>
    text
      .replace(moment, (said) => new Date(moved(Date.parse(said))).toISOString())
      .replace(date, (_, said) => `"${new Date((dayOf(Date.parse(said)) - dayOf(startedAt) + dayOf(toldAt)) * day).toISOString().slice(0, 10)}"`);
}
