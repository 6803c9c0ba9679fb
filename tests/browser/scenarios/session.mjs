// Who has no good token sees nothing of a case.
import assert from 'node:assert/strict';
import { openSidebar } from '../lib/browser.mjs';
import { servePages } from '../lib/pages.mjs';
import { tellStory } from '../lib/story.mjs';

const hidden = ['The lamp arrived broken', 'Léa', 'Nordic Home', 'FR-88213-A', 'cracked'];

async function opensWith(world, token, caseId) {
  const pages = await servePages({ ...world, token });
  world.later(pages.stop);
  const opened = await openSidebar({ ...world, pages, caseId });
  world.later(opened.close);
  return opened;
}

async function seesNothing({ frame }) {
  await frame.waitForFunction(() => !document.querySelector('.skeleton'));
  const seen = await frame.locator('body').innerText();
  for (const words of hidden) assert.ok(!seen.includes(words), `"${words}" is not to be seen in: ${seen}`);
  assert.ok(seen.trim().length > 0, 'it says something');
}

export default {
  async 'a forged token opens nothing'(world) {
    const story = await tellStory(world.server);
    const forged = `${story.tokens.operator.slice(0, -4)}AAAA`;
    await seesNothing(await opensWith(world, forged, story.caseId));
  },

  async 'a token that was taken back opens nothing'(world) {
    const story = await tellStory(world.server);
    const made = await world.server.command('token', 'create', '--marketplace', story.slug, '--role', 'operator', '--name', 'for a while');
    await world.server.command('token', 'revoke', '--marketplace', story.slug, made.tokenId);
    await seesNothing(await opensWith(world, made.token, story.caseId));
  },

  async 'a token of another marketplace opens nothing'(world) {
    const [mine, theirs] = [await tellStory(world.server), await tellStory(world.server)];
    await seesNothing(await opensWith(world, theirs.tokens.operator, mine.caseId));
  },

  async 'the token is kept in memory alone'(world) {
    const story = await tellStory(world.server);
    const { frame } = await opensWith(world, story.tokens.operator, story.caseId);
    await frame.getByText('The lamp arrived broken').first().waitFor();
    const kept = await frame.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    assert.ok(!kept.includes(story.tokens.operator));
  },
};
