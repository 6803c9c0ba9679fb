import type { TimelineEntryFragment } from '../../gql/graphql';
import type { Words } from '../../i18n';

/** How much an entry wants to be seen: what went wrong, what moved the case, and the rest. */
export function weightOf({ __typename }: TimelineEntryFragment): 'alarm' | 'move' | 'rest' {
  if (alarms.includes(__typename)) return 'alarm';
  return moves.includes(__typename) ? 'move' : 'rest';
}
type Kind = TimelineEntryFragment['__typename'];
const alarms: readonly Kind[] = ['DeadlineNearEvent', 'DeadlineMissedEvent', 'DeliveryStoppedEvent', 'CaseEscalatedEvent'];
const moves: readonly Kind[] = [
  'CaseOpenedEvent',
  'CaseStatusChangedEvent',
  'CaseResolvedEvent',
  'MessagePostedEvent',
  'RefundChangedEvent',
  'ReturnChangedEvent',
  'DisputeChangedEvent',
  'WithdrawalChangedEvent',
];

/** An entry in a sentence. Kinds that these pages do not know yet are told by a word that is always true. */
export function describe(entry: TimelineEntryFragment, { t, format }: Words): string {
  const say = t.activity;
  const party = t.common.parties;
  switch (entry.__typename) {
    case 'CaseOpenedEvent':
      return say.opened;
    case 'CaseStatusChangedEvent':
      return t.case.statuses[entry.toStatus];
    case 'CasePriorityChangedEvent':
      return say.priority(t.case.priorities[entry.toPriority]);
    case 'CaseEscalatedEvent':
      return [say.escalated(t.case.escalations[entry.escalation]), entry.note].filter(Boolean).join(' — ');
    case 'CaseResolvedEvent':
      return [say.resolved(t.case.outcomes[entry.outcome]), entry.resolution && t.case.resolutions[entry.resolution]].filter(Boolean).join(' · ');
    case 'DeadlineNearEvent':
      return say.near(party[entry.party], t.header.promises[entry.promise], format.moment(entry.dueAt));
    case 'DeadlineMissedEvent':
      return say.missed(party[entry.party], t.header.promises[entry.promise], format.moment(entry.dueAt));
    case 'MessagePostedEvent':
      return entry.message ? say.posted(party[entry.message.author], firstWords(entry.message.text)) : say.postedUnseen;
    case 'OrderAttachedEvent':
      return say.order(entry.order?.reference ?? '');
    case 'ThreadOpenedEvent':
      return say.thread(say.threads[entry.kind]);
    case 'ParticipantAddedEvent':
      return say.participant(party[entry.party]);
    case 'ReplyWaivedEvent':
      return `${say.waived} — ${entry.waiver}`;
    case 'RefundChangedEvent':
      return say.refund(say.refundChanges[entry.refundChange], entry.refundAmount ? format.money(entry.refundAmount) : null);
    case 'ReturnChangedEvent':
      return say.return(say.returnChanges[entry.returnChange]);
    case 'DisputeChangedEvent':
      return say.dispute(say.disputeChanges[entry.disputeChange]);
    case 'WithdrawalChangedEvent':
      return say.withdrawal(say.withdrawalChanges[entry.withdrawalChange]);
    case 'TicketChangedEvent':
      return say.tickets[entry.ticketChange];
    case 'MediatorAdmittedEvent':
      return say.mediator(entry.mediatorName);
    case 'DeliveryStoppedEvent':
      return say.stopped;
    case 'CaseReasonNamedEvent':
      return say.reason(entry.reason);
    case 'CaseLanguageSetEvent':
      return say.language(entry.language);
    case 'CaseMergedEvent':
    case 'CaseAbsorbedEvent':
    case 'CaseSplitEvent':
    case 'AttachmentChangedEvent':
    case 'MessageDeliveredEvent':
    case 'MessageRedactedEvent':
    case 'MediatorRevokedEvent':
    case 'PoolChangedEvent':
      return say.others[entry.__typename];
    default:
      return say.unknown;
  }
}

const longest = 80;
function firstWords(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest).trimEnd()}…` : line;
}
