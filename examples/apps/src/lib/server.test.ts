import { afterEach, expect, it, vi } from 'vitest';

/** What a page knows that was told this in its `<meta>`. */
async function pageWith(boot: object) {
  document.head.innerHTML = `<meta name="trilogue" content='${JSON.stringify(boot)}' />`;
  vi.resetModules();
  return import('./server');
}
afterEach(() => void (document.head.innerHTML = ''));

it('speaks to where it came from', async () => {
  const { atServer, fileAtServer } = await pageWith({ server: null });
  expect(atServer('/graphql')).toBe('/graphql');
  expect(fileAtServer('https://inside.example.com/attachments/att_1?signature=x')).toBe('/attachments/att_1?signature=x');
});

it('speaks to its server from where an app is', async () => {
  const { atServer, fileAtServer } = await pageWith({ server: 'https://care.example.com' });
  expect(atServer('/auth/renew')).toBe('https://care.example.com/auth/renew');
  expect(fileAtServer('http://inside:8080/attachments/att_1?signature=x')).toBe('https://care.example.com/attachments/att_1?signature=x');
});
