// Agents sign in at the operator's own identity provider, in a window that the page opens.
import assert from 'node:assert/strict';
import { openAlone, openInFreshdesk } from '../lib/browser.mjs';
import { tellStory } from '../lib/story.mjs';

const subject = 'The lamp arrived broken';

/** A case in Freshdesk, and an agent at the provider who is one of the helpdesk's. */
async function begin(scene) {
  const world = await scene.begin({ signIn: 'PROVIDER' });
  const story = await tellStory(world, { connectionId: world.freshdesk });
  const agent = { email: world.agentEmail, verified: true };
  await world.arrive(agent);
  return { world, story, agent };
}

const door = (frame) => frame.locator('main.start button');
const says = (frame) => frame.getByRole('alert').innerText();

/** Goes through the door of the page, and gives the window that opens. */
async function enter({ page, frame }) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), door(frame).click()]);
  return popup;
}

/** Goes to the provider and is not let in; the window says why, and the page goes on when it is closed. */
async function isTurnedBack(opened, words) {
  const popup = await enter(opened);
  await popup.getByText(words).waitFor();
  assert.ok(await door(opened.frame).isDisabled(), 'the page waits for the window');
  await popup.close();
  assert.match(await says(opened.frame), /closed/);
}

const signedIn = async (opened) => {
  const popup = await enter(opened);
  await opened.frame.getByText(subject).first().waitFor();
  if (!popup.isClosed()) await popup.waitForEvent('close');
  assert.deepEqual(opened.errors, []);
};

export default {
  async 'an agent signs in at the provider, inside Freshdesk'(scene) {
    const { world, story } = await begin(scene);
    const opened = await openInFreshdesk(scene, world, { ticket: Number(story.ticket) });
    assert.equal(await opened.frame.locator('input[type=email]').count(), 0, 'there is no way around the provider');
    await signedIn(opened);
  },

  async 'an agent signs in at the provider, in a tab of its own'(scene) {
    const { world, story } = await begin(scene);
    await signedIn(await openAlone(scene, world, { connection: world.freshdesk, caseId: story.caseId }));
  },

  async 'an agent who closes the window is told so, and may begin again'(scene) {
    const { world, story, agent } = await begin(scene);
    const opened = await openInFreshdesk(scene, world, { ticket: Number(story.ticket) });
    await world.arrive({ waits: true });
    const popup = await enter(opened);
    await popup.getByText('Who are you?').waitFor();
    await popup.close();
    assert.match(await says(opened.frame), /closed/);
    await world.arrive(agent);
    await signedIn(opened);
  },

  async 'whom the provider or the helpdesk does not vouch for is told so, and stays outside'(scene) {
    const { world, story, agent } = await begin(scene);
    const opened = await openAlone(scene, world, { connection: world.freshdesk, caseId: story.caseId });
    for (const [person, words] of [
      [{ email: null }, 'You are not signed in.'],
      [{ email: 'stranger@example.com', verified: true }, 'Only agents of the helpdesk are let in.'],
      [{ ...agent, verified: false }, 'Your marketplace\'s sign-in does not confirm your e-mail address.'],
    ]) {
      await world.arrive(person);
      await isTurnedBack(opened, words);
      assert.ok(!(await opened.frame.locator('body').innerText()).includes(subject), 'nothing of the case is to be seen');
    }
    await world.arrive(agent);
    await signedIn(opened);
  },
};
