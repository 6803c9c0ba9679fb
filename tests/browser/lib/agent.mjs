// What agents do on the sidebar, for scenarios.
import { openSidebar } from './browser.mjs';
import { servePages } from './pages.mjs';
import { tellStory } from './story.mjs';

/** A story of its own, and its case opened in the sidebar by an operator. */
export async function begin(world, { prepare, look, still = null, query } = {}) {
  const story = await tellStory(world.server);
  await prepare?.(story);
  const pages = await servePages({ ...world, token: story.tokens.operator });
  world.later(pages.stop);
  const opened = await openSidebar({ ...world, pages, caseId: story.caseId, look, still, query });
  world.later(opened.close);
  await opened.frame.getByRole('tab').first().waitFor();
  return { ...opened, story, pages };
}

export const openTab = (frame, name) => frame.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
export const composer = (frame) => frame.locator('form.composer textarea');

/** Lanes are the choices above the conversation. */
export async function chooseLane(frame, name) {
  await frame.locator('.lanes').getByText(name, { exact: true }).click();
  await composer(frame).waitFor();
}
