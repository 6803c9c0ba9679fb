// The app for Freshdesk that has the page in it: it asks the server from the helpdesk's origin, which the server lets in by name.
import assert from 'node:assert/strict';
import { chooseLane, composer, openTab, signIn } from '../lib/agent.mjs';
import { openBundled } from '../lib/browser.mjs';
import { escalate, say, tellStory, textsIn } from '../lib/story.mjs';

/** A case in Freshdesk, and the app beside its ticket; the server takes requests of these origins' pages. */
async function open(scene, pageOrigins) {
  const world = await scene.begin({ pageOrigins });
  const story = await tellStory(world, { connectionId: world.freshdesk });
  await escalate(story.operator, story.caseId);
  return { ...(await openBundled(scene, world, { ticket: Number(story.ticket) })), world, story };
}

export default {
  async 'an agent signs in, reads live and answers in the app with the page in it'(scene) {
    const { frame, errors, world, story } = await open(scene, [scene.desk.url]);
    assert.equal(new URL(frame.url()).origin, scene.desk.url, 'nothing of the page is the server’s');
    await signIn(frame, world.agentEmail);
    await openTab(frame, 'messages');
    await chooseLane(frame, 'everyone');
    await say(story.seller, story.caseId, 'TRIPARTITE', 'We look into it.');
    await frame.locator('.feed').getByText('We look into it.').waitFor();
    await composer(frame).fill('Thank you!');
    await frame.locator('button.send').click();
    await frame.locator('.feed').getByText('Thank you!').waitFor();
    assert.equal((await textsIn(story.seller, story.caseId, 'TRIPARTITE')).at(-1), 'Thank you!');
    assert.deepEqual(errors, []);
  },

  async 'an app at an origin that was not named gets nothing of the server'(scene) {
    const { frame, world } = await open(scene, ['https://other.example']);
    await frame.locator('input[type=email]').fill(world.agentEmail);
    await frame.locator('form button:not([type=button])').click();
    await frame.getByRole('alert').waitFor();
    assert.equal(await frame.locator('input[autocomplete=one-time-code]').count(), 0);
  },
};
