import { useEffect, useRef, useState } from 'preact/hooks';
import { ChooseTemplateDocument, RenderTemplateDocument, type CaseHeadFragment, type ChooseTemplateQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import type { Refusal } from '../../lib/failure';
import { useApi, useQuery } from '../../lib/query';
import { Failure, Field, focusOnce, Icon } from '../../lib/ui';
import { readersOf, type LaneKey } from './lanes';

type Template = ChooseTemplateQuery['templates']['nodes'][number];

interface PickerProps {
  about: CaseHeadFragment;
  lane: LaneKey;
  threadId: string;
  onText(text: string): void;
  onClose(): void;
}

/** Texts for those who read this lane, those that fit the case first. What is chosen is rendered by the server and can be changed. */
export function TemplatePicker({ about, lane, threadId, onText, onClose }: PickerProps) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(ChooseTemplateDocument, { by: { id: about.id } });
  const [words, setWords] = useState('');
  const [active, setActive] = useState(0);
  const [chosen, setChosen] = useState<Template | null>(null);
  const templates = data ? fitting(data, lane, words) : [];
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && !chosen) setChosen(templates[active] ?? null);
    else if (step) setActive((active + step + templates.length) % Math.max(1, templates.length));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (chosen) return <Render template={chosen} about={about} threadId={threadId} onText={onText} onBack={() => setChosen(null)} onClose={onClose} />;
  return (
    <div class="picker" onKeyDown={keys}>
      <div class="row">
        <input
          class="input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="templates"
          aria-activedescendant={templates[active] ? `template-${active}` : undefined}
          aria-label={t.messages.templates.search}
          placeholder={t.messages.templates.search}
          ref={focusOnce}
          value={words}
          onInput={(event) => (setWords(event.currentTarget.value), setActive(0))}
        />
        <button type="button" class="icon-button" aria-label={t.common.close} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </div>
      {failure && <Failure failure={failure} retry={refetch} />}
      {data && !templates.length && <p class="muted none">{t.messages.templates.none}</p>}
      <ul role="listbox" id="templates" aria-label={t.messages.templates.open}>
        {templates.map((template, index) => (
          <li key={template.id} id={`template-${index}`} role="option" aria-selected={index === active} onClick={() => setChosen(template)}>
            <span class="strong breaks">{template.title}</span>
            <span class="muted small-text clamp">{plainWords(textFor(template, data))}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function fitting({ case: found, templates }: ChooseTemplateQuery, lane: LaneKey, words: string): Template[] {
  const suggested = found?.suggestedTemplates.map(({ id }) => id) ?? [];
  const rank = ({ id }: Template) => (suggested.includes(id) ? suggested.indexOf(id) : suggested.length);
  const sought = words.toLowerCase().split(/\s+/).filter(Boolean);
  const tells = ({ title, key, texts }: Template) => [title, key, ...texts.map(({ text }) => text)].join(' ').toLowerCase();
  return templates.nodes
    .filter(({ reader }) => readersOf[lane].includes(reader))
    .filter((template) => sought.every((word) => tells(template).includes(word)))
    .sort((one, other) => rank(one) - rank(other));
}

/** The text that the server will take, as far as can be told: its reader's language, else the marketplace's, else English. */
export function textFor({ reader, texts }: Template, known: ChooseTemplateQuery | null): string {
  const reads = { BUYER: known?.case?.language, SELLER: known?.case?.seller?.locale, OPERATOR: null }[reader];
  const wishes = [reads, known?.marketplace.locale, 'en'].filter((tag) => tag != null);
  const found = wishes.flatMap((wish) => [texts.find(({ locale }) => isSame(locale, wish)), texts.find(({ locale }) => isSame(language(locale), language(wish)))]);
  return (found.find(Boolean) ?? texts[0])?.text ?? '';
}
const language = (tag: string) => tag.split('-')[0] ?? tag;
const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The paragraphs that are the same for every case; where there are none, all words, with a gap for what the case fills in. */
export function plainWords(text: string): string {
  const paragraphs = text.split(/\n\s*\n/);
  const plain = paragraphs.filter((paragraph) => !/\{[{%#]/.test(paragraph));
  const shown = (plain.length ? plain : paragraphs).join(' ');
  return shown.replace(/\{[%#].*?[%#]\}/gs, '').replace(/\{\{.*?\}\}/gs, '…').trim();
}

interface RenderProps extends Omit<PickerProps, 'lane'> {
  template: Template;
  onBack(): void;
}

/** Has the text made; asks for what only a person knows when the template wants it. */
function Render({ template, about, threadId, onText, onBack, onClose }: RenderProps) {
  const { t } = useWords();
  const api = useApi();
  const [values, setValues] = useState<Record<string, string>>({});
  const [state, setState] = useState<{ busy: boolean; refusals: readonly Refusal[]; broken: boolean }>({ busy: false, refusals: [], broken: false });
  const asksNothing = template.variables.length === 0;
  const mounted = useRef(true);

  const render = async () => {
    setState({ busy: true, refusals: [], broken: false });
    const variables = Object.entries(values).map(([name, value]) => ({ name, value }));
    try {
      const { templateRender } = await api.run(RenderTemplateDocument, { input: { caseId: about.id, threadId, template: { id: template.id }, variables } });
      if (!mounted.current) return;
      if (templateRender?.text) return onText(templateRender.text);
      setState({ busy: false, refusals: templateRender?.userErrors ?? [], broken: !templateRender?.userErrors.length });
    } catch {
      setState({ busy: false, refusals: [], broken: true });
    }
  };
  useEffect(() => {
    if (asksNothing) void render();
    return () => void (mounted.current = false);
  }, []);
  const missing = state.refusals.flatMap(({ field }) => (field?.[0] === 'variables' ? field.slice(1) : []));
  return (
    <div class="picker" onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), onClose())}>
      <div class="row">
        <button type="button" class="icon-button" aria-label={t.messages.templates.back} onClick={onBack}>
          <Icon name="left" />
        </button>
        <span class="strong grow breaks">{template.title}</span>
      </div>
      {template.variables.map((name) => (
        <Field key={name} label={name} error={missing.includes(name) ? t.messages.templates.needed : undefined}>
          <input maxLength={1000} value={values[name] ?? ''} onInput={(event) => setValues({ ...values, [name]: event.currentTarget.value })} />
        </Field>
      ))}
      {state.busy && <p class="muted">{t.common.loading}</p>}
      {(state.broken || missing.some((name) => !template.variables.includes(name)) || (state.refusals.length > 0 && !missing.length)) && (
        <p class="note" data-tone="bad" role="alert">
          {missing.length ? t.messages.templates.missing(missing.join(', ')) : t.messages.templates.failed}
        </p>
      )}
      {!asksNothing && (
        <button type="button" class="button" disabled={state.busy} onClick={() => void render()}>
          {t.messages.templates.insert}
        </button>
      )}
    </div>
  );
}
