// SPDX-License-Identifier: CC-BY-4.0

// The files of an exercise, a tab each; behind them what they include, to look at.

import { make } from "../dom.js";
import { openDocument } from "../edit/document.js";
import { openReading } from "../edit/reading.js";
import { fileName } from "../names.js";

/** Where an arrow leads, among the tabs. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Opens the files of an exercise. `run()` is called on Ctrl+Enter. `{ element, begin, show, mark, save }`. */
export const openTabs = async ({ files, includes }, run) => {
  const paths = [...files, ...includes];
  const documents = await Promise.all(files.map((path) => openDocument(path, run)));
  const all = [...documents, ...await Promise.all(includes.map(openReading))];
  const note = () => make("span", { class: "live-note" }, t`This is included, and not to be changed.`);
  const panels = all.map((doc, index) => make("div", { role: "tabpanel", "aria-label": fileName(paths[index]) },
    make("div", { class: "live-bar" }, ...(doc.compare ? [doc.state, doc.compare] : [note()])), doc.element));
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
  }, fileName(path)));
  choose(0);

  return {
    element: make("div", {}, make("div", { role: "tablist", class: "live-tabs", "aria-label": t`Files` }, ...tabs), ...panels),
    /** Brings into view where there is something to be written. */
    begin: () => {
      const index = Math.max(documents.findIndex((doc) => doc.todo()), 0);
      choose(index);
      documents[index].place(documents[index].todo());
    },
    /** Brings a line of a file into view. Whether it is one of these. */
    show: (path, line) => {
      const index = paths.indexOf(path);
      if (index >= 0) {
        choose(index);
        all[index].show(line);
      }
      return index >= 0;
    },
    mark: (items) => documents.forEach((doc) => doc.mark(items)),
    /** Whether the server has all of them. */
    save: async () => (await Promise.all(documents.map((doc) => doc.save()))).every((saved) => saved),
  };
};
