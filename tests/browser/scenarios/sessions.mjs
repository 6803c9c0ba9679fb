// Who comes by a good way is let in, and nobody else sees anything of a case.
import assert from 'node:assert/strict';
import { askForCode, enterCode, signIn, untilSignedOut } from '../lib/agent.mjs';
import { openAlone, openInFreshdesk, openInZendesk } from '../lib/browser.mjs';
import { tellStory } from '../lib/story.mjs';
import { mailedCode, until } from '../lib/world.mjs';

const subject = 'The lamp arrived broken';
const hidden = [subject, 'Léa', 'Nordic Home', 'FR-88213-A', 'cracked'];

async function seesNothing(frame) {
  await frame.waitForFunction(() => !document.querySelector('.skeleton'));
  const seen = await frame.locator('body').innerText();
  for (const words of hidden) assert.ok(!seen.includes(words), `"${words}" is not to be seen in: ${seen}`);
  assert.ok(seen.trim().length > 0, 'it says something');
  return seen;
}

async function told(scene) {
  const world = await scene.begin();
  return { world, story: await tellStory(world) };
}

/** Opens the app with a token and gives what is seen, which is nothing of the case. */
async function refused(scene, { world, story }, token) {
  const { frame } = await openInZendesk(scene, world, { ticket: story.ticket, token });
  return seesNothing(frame);
}

export default {
  async 'Zendesk’s token lets its agent in, and is kept in memory alone'(scene) {
    const { world, story } = await told(scene);
    const { frame, errors } = await openInZendesk(scene, world, { ticket: story.ticket });
    await frame.getByText(subject).first().waitFor();
    const kept = await frame.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
    assert.ok(!kept.includes('trl_'), kept);
    assert.deepEqual(errors, []);
  },

  async 'a forged token opens nothing'(scene) {
    const place = await told(scene);
    assert.match(await refused(scene, place, await place.world.sign('FORGED')), /not opened by the helpdesk/);
  },

  async 'an expired token opens nothing'(scene) {
    const place = await told(scene);
    assert.match(await refused(scene, place, await place.world.sign('EXPIRED')), /good no more/);
  },

  async 'a used token opens nothing'(scene) {
    const place = await told(scene);
    const token = await place.world.sign();
    const { frame } = await openInZendesk(scene, place.world, { ticket: place.story.ticket, token });
    await frame.getByText(subject).first().waitFor();
    assert.match(await refused(scene, place, token), /good no more/);
  },

  async 'an agent whose token was taken back is signed out'(scene) {
    const { world, story } = await told(scene);
    const { frame } = await openInZendesk(scene, world, { ticket: story.ticket });
    await frame.getByText(subject).first().waitFor();
    await world.revoke();
    await untilSignedOut(frame);
    await frame.getByText('Your session has ended').waitFor();
    await seesNothing(frame);
  },

  async 'an agent comes in with the code that was sent, inside Freshdesk'(scene) {
    const { world } = await told(scene);
    const { frame } = await openInFreshdesk(scene, world, { ticket: 42 });
    assert.equal(await frame.locator('input[type=email]').inputValue(), world.agentEmail, 'as Freshdesk told');
    await seesNothing(frame);
    await signIn(frame, world.agentEmail);
    await frame.getByText('No case for this ticket #42').waitFor();
  },

  async 'an agent comes in with the code that was sent, in a tab of its own'(scene) {
    const { world, story } = await told(scene);
    const { frame } = await openAlone(scene, world, { caseId: story.caseId });
    await askForCode(frame, world.agentEmail);
    const code = await mailedCode();
    await enterCode(frame, code === '000000' ? '111111' : '000000');
    await frame.getByText('That is not the code.').waitFor();
    await seesNothing(frame);
    await enterCode(frame, code);
    await frame.getByText(subject).first().waitFor();
  },

  async 'another site cannot frame the page'(scene) {
    const { world, story } = await told(scene);
    const elsewhere = { ...scene, desk: { ...scene.desk, url: scene.desk.url.replace('localhost', '127.0.0.1') } };
    const opening = openInZendesk(elsewhere, world, { ticket: story.ticket }).then(() => 'shown', () => 'not shown');
    const late = new Promise((resolve) => setTimeout(() => resolve('not shown'), 3_000));
    assert.equal(await Promise.race([opening, late]), 'not shown');
  },

  async 'a case of another marketplace is none'(scene) {
    const [mine, theirs] = [await told(scene), await told(scene)];
    const { frame } = await openAlone(scene, mine.world, { caseId: theirs.story.caseId });
    await signIn(frame, mine.world.agentEmail);
    await until(async () => /cannot see this/.test(await frame.locator('body').innerText()), 'the page to say so');
    await seesNothing(frame);
  },
};
