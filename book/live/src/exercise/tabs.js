// SPDX-License-Identifier: CC-BY-4.0

// The files of an exercise, a tab each.

import { make } from "../dom.js";
import { openDocument } from "../edit/document.js";

/** Where an arrow leads, among the tabs. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Opens files. `run()` is called on Ctrl+Enter. `{ element, show, mark, save }`. */
export const openTabs = async (paths, run) => {
  const documents = await Promise.all(paths.map((path) => openDocument(path, run)));
  const panels = documents.map((doc, index) => make("div", { role: "tabpanel", "aria-label": paths[index], hidden: index > 0 },
    make("div", { class: "live-bar" }, ...doc.buttons), doc.element));
  const choose = (chosen) => tabs.forEach((tab, index) => {
    tab.setAttribute("aria-selected", index === chosen);
    tab.tabIndex = index === chosen ? 0 : -1;
    panels[index].hidden = index !== chosen;
  });
  const tabs = paths.map((path, index) => make("button", {
    type: "button", role: "tab", class: "live-tab",
    onclick: () => choose(index),
    onkeydown: ({ key }) => {
      const next = STEPS[key] && (index + STEPS[key] + tabs.length) % tabs.length;
      if (next !== undefined) {
        choose(next);
        tabs[next].focus();
      }
    },
  }, path.split("/").at(-1)));
  choose(0);

  return {
    element: make("div", {}, make("div", { role: "tablist", class: "live-tabs", "aria-label": "Files" }, ...tabs), ...panels),
    /** Brings a line of a file into view. Whether it is one of these. */
    show: (path, line) => {
      const index = paths.indexOf(path);
      if (index >= 0) {
        choose(index);
        documents[index].show(line);
      }
      return index >= 0;
    },
    mark: (items) => documents.forEach((doc) => doc.mark(items)),
    /** Whether the server has all of them. */
    save: async () => (await Promise.all(documents.map((doc) => doc.save()))).every((saved) => saved),
  };
};
