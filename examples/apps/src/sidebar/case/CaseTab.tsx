import type { CaseHeadFragment } from '../../gql/graphql';
import type { TabKey } from '../CasePage';
import type { Place } from '../messages/lanes';
import { Activity } from './Activity';
import { Articles } from './Articles';
import { BuyerCard } from './BuyerCard';
import { NextStep } from './NextStep';
import { OrderCard } from './OrderCard';

export interface CaseTabProps {
  about: CaseHeadFragment;
  /** Goes to a tab; of the messages, to a conversation. */
  onTab(tab: TabKey, talk?: Place): void;
}

export function CaseTab({ about, onTab }: CaseTabProps) {
  return (
    <>
      <NextStep about={about} onTab={onTab} />
      <OrderCard about={about} onTab={onTab} />
      <BuyerCard about={about} />
      <Articles about={about} onTab={onTab} />
      <Activity caseId={about.id} />
    </>
  );
}
