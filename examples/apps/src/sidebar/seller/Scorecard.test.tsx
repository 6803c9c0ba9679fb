import { cleanup, render, screen } from '@testing-library/preact';
import { afterEach, expect, it } from 'vitest';
import type { SellerCardQuery, SellerMeasure } from '../../gql/graphql';
import { formatFor } from '../../lib/format';
import { Around } from '../../testing';
import { Badges, Measures, Ratings, badgeName, writtenAs } from './Scorecard';

type Seller = NonNullable<SellerCardQuery['seller']>;
type Card = NonNullable<Seller['scorecard']>;

afterEach(cleanup);

const rules = { badges: [{ key: 'top_seller', labels: [{ locale: 'en', label: 'Top seller' }, { locale: 'fr-FR', label: 'Meilleur vendeur' }] }] };

function measure(more: Partial<Card['measures'][number]>): Card['measures'][number] {
  const usual = { measure: 'INCIDENTS', alert: 1.5, limit: 3, minimumVolume: 20, volume: 120, value: 1.25, marketplaceMedian: 0.9, status: 'FINE' } as const;
  return { ...usual, from: '2026-03-01', to: '2026-03-30', ...more };
}

it('calls a badge in the language of the reader, else as the marketplace wrote it first, else by its key', () => {
  const names = ['fr', 'en-GB', 'de'].map((locale) => badgeName(rules, 'top_seller', locale));
  expect(names).toEqual(['Meilleur vendeur', 'Top seller', 'Top seller']);
  expect(badgeName(rules, 'gone', 'en')).toBe('gone');
});

it.each<[SellerMeasure, number, string]>([
  ['REPLY_TIME', 3.2, '3h 12m'],
  ['RATING', 4.5, '4.5'],
  ['INCIDENTS', 1.8, '1.8%'],
])('writes %s in its unit', (which, value, written) => {
  expect(writtenAs(which, value, formatFor('en'))).toBe(written);
});

it('shows a measure with what is asked, what is usual and its days', () => {
  render(<Around><Measures card={{ worst: 'FINE', measures: [measure({})] }} /></Around>);
  for (const text of ['Incidents', '30 d', '1.3%', 'alert at 1.5%', 'middle here 0.9%', 'as agreed']) expect(document.body.textContent).toContain(text);
});

it('shows first what matters most', () => {
  const measures = [measure({}), measure({ measure: 'RETURNS', status: 'NOT_ENOUGH' }), measure({ measure: 'REFUNDS', status: 'LIMIT' })];
  const { container } = render(<Around><Measures card={{ worst: 'LIMIT', measures }} /></Around>);
  expect([...container.querySelectorAll('dt')].map((name) => name.textContent?.split(' ')[0])).toEqual(['Refunds', 'Incidents', 'Returns']);
});

it('judges nobody by too few, and says by how many', () => {
  render(<Around><Measures card={{ worst: 'NOT_ENOUGH', measures: [measure({ status: 'NOT_ENOUGH', volume: 2, value: null, marketplaceMedian: null })] }} /></Around>);
  expect(document.body.textContent).toContain('too few to judge: 2 of 20');
  expect(document.querySelector('.pill')).toBeNull();
});

it.each<['ALERT' | 'LIMIT', string]>([
  ['ALERT', 'past the alert at 1.5%'],
  ['LIMIT', 'past the limit of 3%'],
])('says of %s which bound was passed', (status, said) => {
  render(<Around><Measures card={{ worst: status, measures: [measure({ status, value: 5 })] }} /></Around>);
  expect(screen.getByText(said, { exact: false })).toBeTruthy();
});

it('shows a score with its criteria, those that somebody answered', () => {
  const criteria = [{ key: 'delivery_time', label: 'Delivery' }, { key: 'packaging', label: 'Packaging' }];
  const score = { count: 4, minimum: 3, value: 4.55, criteria: [{ criterion: 'delivery_time', mean: 4.7 }] };
  render(<Around><Ratings score={score} criteria={criteria} /></Around>);
  expect(screen.getByRole('img').getAttribute('aria-label')).toBe('4.6 of 5');
  expect(document.querySelector('.criteria')?.textContent).toBe('Delivery4.7');
  expect(document.body.textContent).toContain('4 ratings');
});

it.each<[number, string]>([
  [0, 'Nobody has rated it yet.'],
  [2, 'Too few ratings for a score: 2 of 3.'],
])('shows no score for %i ratings', (count, said) => {
  render(<Around><Ratings score={{ count, minimum: 3, value: null, criteria: [] }} criteria={[]} /></Around>);
  expect(screen.getByText(said)).toBeTruthy();
  expect(document.querySelector('.criteria')).toBeNull();
});

it('marks who was warned, and shows badges', () => {
  const seller = { standing: 'WARNED', badges: [{ key: 'top_seller' }] } as Seller;
  const { container, rerender } = render(<Around><Badges seller={seller} rules={rules} /></Around>);
  expect([...container.querySelectorAll('.pill')].map((pill) => pill.textContent)).toEqual(['Warned', 'Top seller']);
  rerender(<Around><Badges seller={{ ...seller, standing: 'ACTIVE', badges: [] }} rules={rules} /></Around>);
  expect(container.querySelector('.badges')).toBeNull();
});
