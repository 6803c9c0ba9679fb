// Makes every run look as if it happened at the same moment: the browser's clock stands still, and the times in what the server
// says are moved by the same distance, to whole minutes, as what takes a story some seconds must not be seen in a picture.
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;
export const shownNow = new Date('2026-11-20T10:05:00Z');
const toldAt = new Date('2026-11-20T10:00:00Z').getTime();

export function standStill(startedAt) {
  return (text) =>
    text.replace(moment, (said) => {
      const minutes = Math.round((Date.parse(said) - startedAt) / 60_000);
      return new Date(toldAt + minutes * 60_000).toISOString();
    });
}
