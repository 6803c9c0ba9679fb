import { readBoot } from './boot';

/** Where the server is when the page does not come from it. */
const { server } = readBoot();

/** A door of the server, by its path. */
export const atServer = (path: string): string => (server ? new URL(path, server).href : path);

/** Addresses of the schema are of the server's own; the page may be seen through another name of it. */
export function fileAtServer(url: string): string {
  const { pathname, search } = new URL(url, location.href);
  return atServer(pathname + search);
}
