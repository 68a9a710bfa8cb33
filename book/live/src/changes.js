// SPDX-License-Identifier: CC-BY-4.0

// Which files the reader has changed. Runs use the reader's own.

import { files } from "./server.js";

const changed = new Set();
const listeners = [];

/** Asks the server. Fails where there is none, or where it does not know this reader. */
export const load = async () => {
  for (const { path } of await files.changed()) {
    changed.add(path);
  }
};

/** Calls `listener(whether)` now, and each time that a file becomes another than the checkout's, or the same again. */
export const watch = (path, listener) => {
  listeners.push({ path, listener });
  listener(changed.has(path));
};

/** A file was written. */
export const set = (path, whether) => {
  changed[whether ? "add" : "delete"](path);
  listeners.filter((it) => it.path === path).forEach((it) => it.listener(whether));
};
