/** Dates, money and spans of time, as the reader's language writes them. */
export interface MoneyLike {
  amount: string;
  currencyCode: string;
}

export type Format = ReturnType<typeof formatFor>;

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Intl's objects take some milliseconds to make, so each is made when it is first wanted. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

export function formatFor(locale: string) {
  const day = once(() => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }));
  const dayAndYear = once(() => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }));
  const time = once(() => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }));
  const full = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }));
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }));
  const relativeLong = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const plurals = once(() => new Intl.PluralRules(locale));
  const list = once(() => new Intl.ListFormat(locale));
  const numbers = new Map<string, Intl.NumberFormat>();

  function numbersIn(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = Object.values(options).join();
    const made = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
    numbers.set(key, made);
    return made;
  }

  function date(at: string | Date, now = new Date()): string {
    const when = new Date(at);
    return (when.getFullYear() === now.getFullYear() ? day() : dayAndYear()).format(when);
  }
  return {
    locale,
    /** `€44.95`, `44,95 €` */
    money: ({ amount, currencyCode }: MoneyLike) =>
      numbersIn({ style: 'currency', currency: currencyCode }).format(Number(amount)),
    number: (value: number) => numbersIn({}).format(value),
    /** With so many digits behind the point, also when they are noughts */
    decimal: (value: number, digits: number) => numbersIn({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    percent: (share: number) => numbersIn({ style: 'percent', maximumFractionDigits: 1 }).format(share),
    /** `18 Nov`, with the year when it is not this one */
    date,
    /** `Today`, `Yesterday`, `18 Nov` */
    day(at: string | Date, now = new Date()): string {
      const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
      const days = Math.round((midnight(new Date(at)) - midnight(now)) / 86_400_000);
      if (days < -1 || days > 0) return date(at, now);
      const word = relativeLong().format(days, 'day');
      return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
    },
    time: (at: string | Date) => time().format(new Date(at)),
    /** `18 Nov 16:30`, of today only the time */
    moment(at: string | Date, now = new Date()): string {
      const when = new Date(at);
      return when.toDateString() === now.toDateString() ? time().format(when) : `${date(when, now)} ${time().format(when)}`;
    },
    /** For tooltips: everything */
    full: (at: string | Date) => full().format(new Date(at)),
    /** `12 min. ago`, `yesterday` */
    ago(at: string | Date, now = Date.now()): string {
      const distance = new Date(at).getTime() - now;
      const [unit, size] = steps.find(([, size]) => Math.abs(distance) >= size) ?? ['minute', 60_000];
      return relative().format(Math.trunc(distance / size), unit);
    },
    /** `2 h 14 min`, `3 d 4 h`: the two units that matter, never below a minute */
    span(milliseconds: number): string {
      const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
      const unit = (value: number, name: 'day' | 'hour' | 'minute') =>
        numbersIn({ style: 'unit', unit: name, unitDisplay: 'narrow' }).format(value);
      const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
      const parts: [number, 'day' | 'hour' | 'minute'][] = days ? [[days, 'day'], [hours, 'hour']] : [[hours, 'hour'], [rest, 'minute']];
      const said = parts.filter(([value]) => value > 0);
      return (said.length ? said : [[0, 'minute'] as const]).map(([value, name]) => unit(value, name)).join(' ');
    },
    bytes(size: number): string {
      const [unit, divisor] = size < 1_000_000 ? (['kilobyte', 1_000] as const) : (['megabyte', 1_000_000] as const);
      return numbersIn({ style: 'unit', unit, maximumFractionDigits: 1 }).format(size / divisor);
    },
    list: (items: string[]) => list().format(items),
    /** Which form a count wants. `one` is what the language says of one, in French of zero too. */
    plural: (count: number, one: string, other: string) => (plurals().select(count) === 'one' ? one : other),
  };
}
