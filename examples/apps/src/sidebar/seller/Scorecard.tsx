import { useWords } from '../../i18n';
import type { SellerCardQuery, SellerMeasure } from '../../gql/graphql';
import type { Format } from '../../lib/format';
import { Card, Icon, Pill, type Tone } from '../../lib/ui';

type Seller = NonNullable<SellerCardQuery['seller']>;
type Criteria = NonNullable<SellerCardQuery['marketplace']['charter']>['ratings']['sellerCriteria'];
type Measure = NonNullable<Seller['scorecard']>['measures'][number];

/** In this order, so that what matters is seen without scrolling. */
const gravest: Measure['status'][] = ['LIMIT', 'ALERT', 'FINE', 'NOT_ENOUGH'];
const tones = { FINE: 'good', ALERT: 'warn', LIMIT: 'bad', NOT_ENOUGH: 'plain' } satisfies Record<Measure['status'], Tone>;

/** How it stands, and what it has earned. */
export function Badges({ seller, rules }: { seller: Seller; rules: SellerCardQuery['standingRules'] }) {
  const { t, format } = useWords();
  const { standing, badges } = seller;
  const isMarked = standing && standing !== 'ACTIVE';
  if (!isMarked && !badges.length) return null;
  return (
    <p class="badges">
      {isMarked && <Pill tone={standing === 'WARNED' ? 'warn' : 'bad'}>{t.seller.standings[standing]}</Pill>}
      {badges.map(({ key }) => (
        <Pill key={key} tone="primary">
          {badgeName(rules, key, format.locale)}
        </Pill>
      ))}
    </p>
  );
}

/** In the reader's language, else in the first that the marketplace has written. */
export function badgeName(rules: SellerCardQuery['standingRules'], key: string, locale: string): string {
  const labels = rules?.badges.find((badge) => badge.key === key)?.labels ?? [];
  const language = (tag: string) => tag.split('-')[0]?.toLowerCase();
  return (labels.find((label) => language(label.locale) === language(locale)) ?? labels[0])?.label ?? key;
}

/** What buyers' ratings come to, by criterion. */
export function Ratings({ score, criteria }: { score: Seller['score']; criteria: Criteria }) {
  const { t, format } = useWords();
  const words = t.seller;
  const { value, count, minimum } = score;
  const grade = (of: number) => format.decimal(of, 1);
  const rows = criteria.flatMap(({ key, label }) => {
    const mean = score.criteria.find(({ criterion }) => criterion === key)?.mean;
    return typeof mean === 'number' ? [{ key, label, mean }] : [];
  });
  return (
    <Card title={words.ratings} aside={<span class="muted small-text">{words.ratingCount(count, format.plural(count, words.rating, words.ratingsOf))}</span>}>
      {typeof value === 'number' ? (
        <p class="score">
          <b>{grade(value)}</b>
          <Stars value={value} label={words.of5(grade(value))} />
        </p>
      ) : (
        <p class="muted">{count === 0 ? words.unrated : words.tooFew(count, minimum)}</p>
      )}
      {rows.length > 0 && (
        <dl class="criteria">
          {rows.map(({ key, label, mean }) => (
            <div key={key} data-tone={mean < 3 ? 'bad' : mean < 4 ? 'warn' : undefined}>
              <dt>{label}</dt>
              <dd>
                <Bar share={(mean - 1) / 4} />
                <b>{grade(mean)}</b>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

const star = 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z';

function Stars({ value, label }: { value: number; label: string }) {
  return (
    <svg class="stars" viewBox="0 0 120 24" role="img" aria-label={label}>
      {Array.from({ length: 5 }, (_, index) => (
        <path key={index} d={star} transform={`translate(${index * 24})`} data-full={value >= index + 0.75} data-half={value >= index + 0.25} />
      ))}
    </svg>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="ground" width="100" height="6" />
      <rect class="now" width={Math.max(1, 100 * share)} height="6" />
    </svg>
  );
}

/** Its measures: each over a time of its own, with what is asked and what is usual here. */
export function Measures({ card }: { card: NonNullable<Seller['scorecard']> }) {
  const { t } = useWords();
  const words = t.seller;
  if (!card.measures.length) return null;
  return (
    <Card title={words.scorecard} aside={card.worst !== 'NOT_ENOUGH' && <Pill tone={tones[card.worst]}>{words.worst[card.worst]}</Pill>}>
      <dl class="measures">
        {[...card.measures].sort((one, other) => gravest.indexOf(one.status) - gravest.indexOf(other.status)).map((measure) => (
          <MeasureCell key={measure.measure} measure={measure} />
        ))}
      </dl>
    </Card>
  );
}

function MeasureCell({ measure }: { measure: Measure }) {
  const { t, format } = useWords();
  const words = t.seller;
  const { value, marketplaceMedian, status, volume, minimumVolume } = measure;
  const written = (of: number) => writtenAs(measure.measure, of, format);
  return (
    <div data-status={status}>
      <dt>
        {words.measures[measure.measure]} <span class="small-text">{words.window(daysOf(measure))}</span>
      </dt>
      <dd>
        <b>{typeof value === 'number' ? written(value) : '–'}</b>
        <span class="small-text verdict" data-tone={tones[status]}>
          {status === 'NOT_ENOUGH' ? (
            words.tooFewToJudge(volume, minimumVolume)
          ) : (
            <>
              <Icon name={status === 'FINE' ? 'check' : 'alert'} small />
              {words.verdicts[status](written(status === 'LIMIT' ? measure.limit : measure.alert))}
            </>
          )}
        </span>
        {typeof marketplaceMedian === 'number' && <span class="small-text muted">{words.median(written(marketplaceMedian))}</span>}
      </dd>
    </div>
  );
}

/** Days are counted as they are written, so that no change of the clocks can take one away. */
const daysOf = ({ from, to }: Measure) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;

export function writtenAs(measure: SellerMeasure, value: number, format: Format): string {
  if (measure === 'REPLY_TIME') return format.span(value * 3_600_000);
  return measure === 'RATING' ? format.decimal(value, 1) : format.percent(value / 100);
}
