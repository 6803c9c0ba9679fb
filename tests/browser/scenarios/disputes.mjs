// A dispute, decided by an agent and seen in what the server holds.
import assert from 'node:assert/strict';
import { begin, dialogIn, openTab, submitIn } from '../lib/agent.mjs';
import { reviewDispute } from '../lib/story.mjs';
import { until } from '../lib/world.mjs';

const known = async ({ operator, caseId }) =>
  (
    await operator(
      `query($id: ID!) { case(by: { id: $id }) { disputes { stage decision { outcome fault remedy amount { amount } statement } } } }`,
      { id: caseId },
    )
  ).case.disputes[0];

export default {
  async 'an agent decides a dispute, and reads the decision before it is made'(scene) {
    const { frame, story } = await begin(scene, { prepare: reviewDispute });
    assert.equal((await known(story)).stage, 'ARBITRATION');
    await openTab(frame, 'dispute');
    await frame.getByRole('button', { name: 'Decide…' }).click();
    const dialog = dialogIn(frame);
    await dialog.getByText('For the buyer', { exact: true }).click();
    await dialog.getByLabel('Who was at fault').selectOption('SELLER');
    await dialog.getByText('It counts', { exact: true }).click();
    await dialog.locator('select').last().selectOption('NOT_CONFORM');
    await dialog.locator('textarea').fill('The photo shows a crack that was there before.');
    await dialog.locator('input[maxlength="200"]').fill('Terms, 7.2');
    await submitIn(dialog).click();
    await until(async () => /44\.95/.test(await submitIn(dialog).innerText()), 'the button to say the amount');
    assert.equal((await known(story)).stage, 'ARBITRATION', 'nothing is decided by looking at it');
    await submitIn(dialog).click();
    await until(async () => (await known(story)).stage === 'DECIDED', 'the decision');
    assert.deepEqual((await known(story)).decision, {
      outcome: 'BUYER_FAVOUR',
      fault: 'SELLER',
      remedy: 'REFUND',
      amount: { amount: '44.95' },
      statement: 'The photo shows a crack that was there before.',
    });
    await frame.getByText('For the buyer').first().waitFor();
  },
};
