// SPDX-License-Identifier: CC-BY-4.0

// Which files the reader has changed. Runs use the reader's own, as the server has them.

import { files } from "./server.js";

const changed = new Set();
const listeners = [];
const savers = new Map();

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

/** A file was opened in an editor. `save()` sends the server what is typed there. */
export const opened = (path, save) => savers.set(path, save);

/** Sends the server what was just typed. */
export const saveAll = () => Promise.all([...savers.values()].map((save) => save()));

/** A file was written. */
export const set = (path, whether) => {
  changed[whether ? "add" : "delete"](path);
  listeners.filter((it) => it.path === path).forEach((it) => it.listener(whether));
};
