// What was instructed and what came of it: a file that only grows, one line for each change, on the disk before anybody goes on.
// In earnest, a table with a unique key.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

export class Book {
  #refunds = new Map();
  #file;

  constructor(path) {
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
    for (const [index, line] of lines.entries()) {
      try {
        const { key, ...refund } = JSON.parse(line);
        this.#refunds.set(key, refund);
      } catch (error) {
        // A line that was cut short when the process died was never acted upon.
        if (index !== lines.length - 1) throw error;
      }
    }
    this.#file = openSync(path, "a");
    if (lines.length) writeSync(this.#file, "\n");
  }

  get size() {
    return this.#refunds.size;
  }

  find(key) {
    return this.#refunds.get(key);
  }

  entries() {
    return [...this.#refunds.entries()];
  }

  write(key, refund) {
    writeSync(this.#file, `${JSON.stringify({ key, ...refund })}\n`);
    fsyncSync(this.#file);
    this.#refunds.set(key, refund);
  }

  close() {
    closeSync(this.#file);
  }
}
