import type { Party } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { Avatar, Icon, Pill, type AvatarKind } from '../../lib/ui';
import { Files } from './Files';
import { readersOf, type LaneKey } from './lanes';
import { memo } from './memo';
import type { Message } from './useThread';

interface MessageItemProps {
  message: Message;
  lane: LaneKey;
  before: Message | undefined;
  seenBy: string[];
}

const kinds: Record<Party, AvatarKind> = { BUYER: 'buyer', SELLER: 'seller', OPERATOR: 'operator' };

export const MessageItem = memo(function MessageItem({ message, lane, before, seenBy }: MessageItemProps) {
  const { t, format } = useWords();
  const { author, sentAt, text, redactedAt, attachments, origin } = message;
  const own = author === 'OPERATOR';
  const name = message.authorName ?? t.common.parties[author];
  const newDay = !before || new Date(before.sentAt).toDateString() !== new Date(sentAt).toDateString();
  return (
    <>
      {newDay && <p class="day">{format.day(sentAt)}</p>}
      <article class={own ? 'message own' : 'message'} aria-label={t.messages.by(name, t.common.parties[author])}>
        {!own && <Avatar name={name} kind={kinds[author]} small />}
        <div class="grow">
          <p class="by small-text muted">
            <span class="breaks">{name}</span>
            {!own && <span> · {t.common.parties[author]}</span>}
            {origin === 'AUTOMATIC' && <span> · {t.messages.automatic}</span>}
            <span> · </span>
            <time dateTime={sentAt} title={format.full(sentAt)}>
              {format.time(sentAt)}
            </time>
          </p>
          <div class="bubble">
            <AudiencePill message={message} lane={lane} />
            {text && <p class="text">{text}</p>}
            {attachments.length > 0 && <Files files={attachments} />}
            {redactedAt && (
              <p class="small-text muted">
                <Icon name="hidden" small /> {t.messages.redacted(format.moment(redactedAt))}
              </p>
            )}
          </div>
          <Fate message={message} seenBy={seenBy} />
        </div>
      </article>
    </>
  );
}, sameMessage);

function sameMessage(one: MessageItemProps, other: MessageItemProps): boolean {
  return one.message === other.message && one.lane === other.lane && one.before?.sentAt === other.before?.sentAt && one.seenBy.join() === other.seenBy.join();
}

/** Words that fewer sides read than take part in the thread: notes of the team, and asides. */
function AudiencePill({ message: { audience }, lane }: { message: Message; lane: LaneKey }) {
  const { t, format } = useWords();
  const without = audience ? readersOf[lane].filter((party) => !audience.includes(party)) : [];
  if (!without.length) return null;
  const words = without.length === readersOf[lane].length ? t.messages.note : t.messages.hiddenFrom(format.list(without.map((party) => t.messages.readers[party])));
  return <Pill tone="warn">{words}</Pill>;
}

function Fate({ message: { author, delivery }, seenBy }: { message: Message; seenBy: string[] }) {
  const { t } = useWords();
  const parties = t.common.parties as Record<string, string>;
  const wrong = delivery === 'FAILED' || delivery === 'UNCERTAIN';
  const says = delivery === 'NONE' || (delivery === 'DELIVERED' && seenBy.length) ? null : t.messages.delivery[delivery];
  if (!says && !seenBy.length) return null;
  return (
    <p class={wrong ? 'fate small-text wrong' : 'fate small-text muted'}>
      {says && (author === 'OPERATOR' || wrong) && (
        <>
          {wrong && <Icon name="alert" small />} {says}
        </>
      )}
      {seenBy.length > 0 && (
        <>
          <Icon name="eye" small /> {t.messages.seen(seenBy.map((party) => parties[party] ?? party))}
        </>
      )}
    </p>
  );
}
