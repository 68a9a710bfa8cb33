// SPDX-License-Identifier: CC-BY-4.0

// A file of the reader's in the page: an editor, and what can be done with the file. What is typed is kept.

import * as changes from "../changes.js";
import { button, make } from "../dom.js";
import { files } from "../server.js";
import { code } from "./code.js";

/** After how long without a key the text goes to the server, in milliseconds. */
const PAUSE = 500;

/** When to try again where that fails, such as while the server starts again. */
const PATIENCE = 2000;

/** Opens a file. `run()` is called on Ctrl+Enter. `{ element, state, compare, restore, save, text, todo, show, place, mark }`. */
export const openDocument = async (path, run) => {
  const file = await files.read(path);
  changes.set(path, file.changed);
  let saved = file.text;
  let waiting;

  // Whether the server has the text.
  const save = async (leaving = false) => {
    clearTimeout(waiting);
    const text = editor.text();
    if (text === saved) {
      return true;
    }
    try {
      await (text === file.original ? files.restore(path) : files.write(path, text, leaving));
      saved = text;
      changes.set(path, text !== file.original);
      state.textContent = "";
      return true;
    } catch (error) {
      state.textContent = t`Not saved. ${error.message}`;
      waiting = setTimeout(() => save(), PATIENCE);
      return false;
    }
  };
  const changed = () => {
    offer();
    clearTimeout(waiting);
    waiting = setTimeout(() => save(), PAUSE);
  };
  const editor = code(file, { changed, run: () => (run(), true) });
  // Another tab may have written it meanwhile.
  const readAgain = async () => {
    const before = saved;
    const now = await files.read(path);
    if (saved === before && editor.text() === before && now.text !== before) {
      saved = now.text;
      editor.replace(saved);
      changes.set(path, now.changed);
    }
  };
  addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && editor.text() === saved) {
      // Where that fails, the page shows what it has.
      readAgain().catch(() => {});
    }
  });
  changes.opened(path, () => save());

  const state = make("span", { class: "live-note", role: "status" });
  const compare = button(t`What I changed`, () => {
    const shown = compare.getAttribute("aria-pressed") !== "true";
    compare.setAttribute("aria-pressed", shown);
    editor.compare(shown);
  }, { "aria-pressed": "false" });
  const restore = button(t`Undo my changes`, () => {
    editor.replace(file.original);
    save();
  }, { title: t`Undo, Ctrl+Z, brings your text back` });
  const offer = () => {
    compare.disabled = restore.disabled = editor.text() === file.original;
  };
  offer();

  return {
    element: make("div", { class: "live-code hljs" }, editor.element),
    state,
    compare,
    restore,
    save,
    text: editor.text,
    todo: editor.todo,
    show: editor.show,
    place: editor.place,
    mark: (items) => editor.mark(items.filter((item) => item.file === path)),
  };
};
