import { expect, it } from 'vitest';
import { plainWords, textFor } from './TemplatePicker';

const greeting = 'Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},';

it('shows of a template the paragraphs that nothing is filled into', () => {
  expect(plainWords(`${greeting}\n\nYour parcel is on its way.\n\nKind regards,\n{{ sender.name }}`)).toBe('Your parcel is on its way.');
});

it('leaves gaps where every paragraph is filled', () => {
  expect(plainWords(`${greeting}\n\nYour reference is {{ case.reference }}.`)).toBe('Hello …, Your reference is ….');
});

it('shows the text in the language of who reads it', () => {
  const texts = ['de', 'en', 'fr-CA'].map((locale) => ({ locale, text: locale }));
  const template = (reader: 'BUYER' | 'SELLER') => ({ id: 'tpl_1', key: 'k', title: 'T', reader, variables: [], texts });
  const known = (buyer: string | null, seller: string | null, marketplace: string) => ({
    case: { id: 'cas_1', language: buyer, seller: { id: 'sel_1', locale: seller }, suggestedTemplates: [] },
    marketplace: { id: 'mkt_1', locale: marketplace },
    templates: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } },
  });
  expect(textFor(template('BUYER'), known('fr', 'de', 'en'))).toBe('fr-CA');
  expect(textFor(template('SELLER'), known('fr', 'de-AT', 'en'))).toBe('de');
  expect(textFor(template('SELLER'), known('fr', null, 'FR-ca'))).toBe('fr-CA');
  expect(textFor(template('BUYER'), known('it', null, 'pt'))).toBe('en');
});
