// Nothing is lost or doubled when the network goes and comes.
import assert from 'node:assert/strict';
import { begin, chooseLane, composer, openTab } from '../lib/agent.mjs';
import { until } from '../lib/world.mjs';
import { escalate, say } from '../lib/story.mjs';

const ready = async (scene) => {
  const opened = await begin(scene, { prepare: ({ operator, caseId }) => escalate(operator, caseId) });
  await openTab(opened.frame, 'messages');
  await chooseLane(opened.frame, 'everyone');
  return opened;
};
const texts = (frame) => frame.locator('.feed').innerText();
const times = (text, words) => text.split(words).length - 1;

export default {
  async 'what was said during an outage comes after it, in order and once'(scene) {
    const { page, frame, world, story } = await ready(scene);
    // A page that has read asks for everything anew, which is not what is tried here.
    const read = page.waitForResponse((answer) => answer.request().postData()?.includes('"MarkRead"') ?? false);
    await say(story.seller, story.caseId, 'TRIPARTITE', 'Message before.');
    await frame.getByText('Message before.').waitFor();
    await read;
    world.network.lose();
    for (const number of [1, 2, 3]) await say(story.seller, story.caseId, 'TRIPARTITE', `Message ${number} of the outage.`);
    assert.equal(times(await texts(frame), 'of the outage'), 0);
    world.network.mend();
    await frame.getByText('Message 3 of the outage.').waitFor({ timeout: 30_000 });
    await say(story.seller, story.caseId, 'TRIPARTITE', 'Message after.');
    await frame.locator('.feed').getByText('Message after.').waitFor();
    const all = await texts(frame);
    const order = ['Message before.', 'Message 1 of', 'Message 2 of', 'Message 3 of', 'Message after.'];
    for (const words of order) assert.equal(times(all, words), 1, `${words} stands there once in: ${all}`);
    assert.deepEqual([...order].sort((a, b) => all.indexOf(a) - all.indexOf(b)), order);
  },

  async 'words that could not be sent stay, and are sent once in the end'(scene) {
    const { frame, world, story } = await ready(scene);
    await composer(frame).fill('Sent in bad weather.');
    world.network.lose();
    await frame.locator('button.send').click();
    await frame.getByText(/not sent/i).waitFor();
    assert.equal(await composer(frame).inputValue(), 'Sent in bad weather.');
    world.network.mend();
    await frame.locator('button.send').click();
    await frame.locator('.feed').getByText('Sent in bad weather.').waitFor();
    await until(async () => times(await texts(frame), 'Sent in bad weather.') === 1, 'the message to stand there once');
    const { case: about } = await story.operator('query($id: ID!) { case(by: { id: $id }) { threads { messages(last: 20) { nodes { text } } } } }', { id: story.caseId });
    const said = about.threads.flatMap(({ messages }) => messages.nodes).filter(({ text }) => text === 'Sent in bad weather.');
    assert.equal(said.length, 1);
  },

  async 'a server that was started again is found again'(scene) {
    const { frame, world, story } = await ready(scene);
    await world.restart();
    await say(story.seller, story.caseId, 'TRIPARTITE', 'After the restart.');
    await frame.getByText('After the restart.').waitFor({ timeout: 30_000 });
    assert.equal(times(await texts(frame), 'After the restart.'), 1);
  },
};
