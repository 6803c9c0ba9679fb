// What agents do on the sidebar, for scenarios. Parts are found by what does not change with the language.
import { openInZendesk } from './browser.mjs';
import { tellStory } from './story.mjs';
import { mailedCode } from './world.mjs';

/** A story of its own, and its case opened beside its ticket in Zendesk. */
export async function begin(scene, { prepare, look } = {}) {
  const world = await scene.begin();
  const story = await tellStory(world);
  await prepare?.(story);
  const opened = await openInZendesk(scene, world, { ticket: story.ticket, look });
  await tab(opened.frame, 'case').waitFor();
  return { ...opened, story, world };
}

const tab = (frame, key) => frame.locator(`#tab-${key}`);
export const openTab = (frame, key) => tab(frame, key).click();
export const composer = (frame) => frame.locator('form.composer textarea');
export const dialogIn = (frame) => frame.getByRole('dialog');
/** The button of a dialog that does it. */
export const submitIn = (dialog) => dialog.locator('.dialog-actions button').last();

/** Lanes are the choices above the conversation: `everyone`, `seller`, `buyer`. */
export async function chooseLane(frame, key) {
  await frame.locator(`#lane-tab-${key}`).click();
  await frame.locator(`#lane-${key} form.composer textarea`).waitFor();
}

/** Signs in by the code that is sent to the agent. */
export async function signIn(frame, email) {
  await askForCode(frame, email);
  await enterCode(frame, await mailedCode());
}
export async function askForCode(frame, email) {
  await frame.locator('input[type=email]').fill(email);
  await frame.locator('form button:not([type=button])').click();
  await frame.locator('input[autocomplete=one-time-code]').waitFor();
}
export async function enterCode(frame, code) {
  await frame.locator('input[autocomplete=one-time-code]').fill(code);
  await frame.locator('form button:not([type=button])').click();
}

/** Asks for something in a page whose session has ended, unless it has noticed by itself already. */
export async function untilSignedOut(frame) {
  const noticed = frame.locator('input[type=email]').waitFor();
  await Promise.race([openTab(frame, 'seller').catch(() => undefined), noticed]);
  await noticed;
}
