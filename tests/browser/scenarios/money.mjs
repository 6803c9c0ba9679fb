// Returns and refunds, decided by an agent and seen in what the server holds.
import assert from 'node:assert/strict';
import { begin, dialogIn, openTab, submitIn as submit } from '../lib/agent.mjs';
import { until } from '../lib/world.mjs';
import { escalate, requestReturn } from '../lib/story.mjs';

const known = async ({ operator, caseId }) =>
  (
    await operator(
      `query($id: ID!) { case(by: { id: $id }) {
        returns { state }
        refunds { status grant { amount { amount } } }
      } }`,
      { id: caseId },
    )
  ).case;

const decidedByOperator = (also) => async (story) => {
  await escalate(story.operator, story.caseId);
  await also?.(story);
};

async function openRefund(scene) {
  const opened = await begin(scene, { prepare: decidedByOperator() });
  await openTab(opened.frame, 'return');
  await opened.frame.getByRole('button', { name: 'Refund…' }).click();
  const dialog = dialogIn(opened.frame);
  await dialog.waitFor();
  return { ...opened, dialog };
}

export default {
  async 'an agent approves a return'(scene) {
    const { frame, story } = await begin(scene, { prepare: decidedByOperator(requestReturn) });
    await openTab(frame, 'return');
    await frame.getByRole('button', { name: 'Approve', exact: true }).click();
    await frame.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
    await until(async () => (await known(story)).returns[0].state !== 'REQUESTED', 'the return to be approved');
    assert.equal((await known(story)).returns[0].state, 'APPROVED');
    await frame.getByText('Label or number').first().waitFor();
    assert.equal(await frame.getByRole('dialog').count(), 0);
  },

  async 'an agent refunds one piece of a line'(scene) {
    const { frame, dialog, story } = await openRefund(scene);
    await dialog.getByText('By line', { exact: true }).click();
    for (const line of await dialog.getByRole('checkbox').all()) if (await line.isChecked()) await line.uncheck();
    await dialog.getByRole('checkbox', { name: /Linen cushion cover/ }).check();
    await dialog.getByLabel('Pieces of Linen cushion cover, sand').selectOption('1');
    await until(async () => /19\.95/.test(await submit(dialog).innerText()), 'the button to say the amount');
    await submit(dialog).click();
    await until(async () => (await known(story)).refunds.some(({ grant }) => grant), 'the refund to be granted');
    assert.equal((await known(story)).refunds[0].grant.amount.amount, '19.95');
    await frame.getByText('€19.95').first().waitFor();
  },

  async 'an agent is refused more than the maximum'(scene) {
    const { dialog, story } = await openRefund(scene);
    await dialog.getByText('Amount', { exact: true }).first().click();
    await dialog.locator('input[inputmode="decimal"]').first().fill('9999');
    await dialog.getByText(/over the maximum/).first().waitFor();
    assert.ok(await submit(dialog).isDisabled(), 'it cannot be sent');
    assert.deepEqual((await known(story)).refunds, []);
  },
};
