// What packages are made of: a list of `{ path, bytes, isLink }`, the path with slashes and relative to the package.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ path: string, bytes: Uint8Array, isLink: boolean }} PackageFile */
/** @typedef {{ rule: string, severity: 'error' | 'warning', message: string }} Problem */

/** Every file under a folder, by path. Links are listed, never followed.
 * @returns {PackageFile[]} */
export function filesIn(folder, under = '') {
  return readdirSync(join(folder, under))
    .sort()
    .flatMap((name) => {
      const path = under ? `${under}/${name}` : name;
      const found = lstatSync(join(folder, path));
      if (found.isDirectory()) return filesIn(folder, path);
      const isLink = found.isSymbolicLink();
      return [{ path, bytes: isLink ? new Uint8Array() : new Uint8Array(readFileSync(join(folder, path))), isLink }];
    });
}

export const file = (path, text) => ({ path, bytes: new TextEncoder().encode(text), isLink: false });
export const textOf = ({ bytes }) => new TextDecoder().decode(bytes);
export const named = (files, path) => files.find((each) => each.path === path);

/** The JSON in a file; undefined when there is no such file, or no JSON in it. */
export function jsonIn(files, path) {
  const found = named(files, path);
  try {
    return found && JSON.parse(textOf(found));
  } catch {
    return undefined;
  }
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `https://care.example.com`: the page is loaded from there, and speaks to nothing but https. */
export function originOf(server) {
  const address = new URL(server);
  const isLocal = ['localhost', '127.0.0.1'].includes(address.hostname);
  if (address.protocol !== 'https:' && !isLocal) throw new Error(`${server}: the server must be reached by https.`);
  return address.origin;
}

/** Collects what is wrong; `error` is refused, `warning` is told. */
export function findings() {
  /** @type {Problem[]} */
  const problems = [];
  const tell = (severity) => (rule, isFine, message) => void (isFine || problems.push({ rule, severity, message }));
  return { problems, must: tell('error'), should: tell('warning') };
}

/** Ends the program when the package must not be shipped. */
export function refuseBroken(problems) {
  for (const { rule, severity, message } of problems) console.error(`${severity}: ${message} [${rule}]`);
  if (problems.some(({ severity }) => severity === 'error')) process.exit(1);
}
