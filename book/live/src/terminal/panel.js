// SPDX-License-Identifier: CC-BY-4.0

// A panel at the bottom of the page with a shell in a guest.

import { saveAll } from "../changes.js";
import { button, complain, keepKeys, make } from "../dom.js";
import { height } from "./height.js";
import { openShell } from "./shell.js";

/** Makes the panel. `told(shown)` is called when it opens or closes. Returns `{ toggle }`. */
export const openPanel = (told) => {
  document.head.append(make("link", { rel: "stylesheet", href: new URL("terminal.css", import.meta.url).href }));
  const status = make("span", { class: "live-status", role: "status" });
  const screen = make("div", { class: "live-screen" });
  let shell;

  const start = () => {
    shell?.end();
    complain(bar, "");
    shell = openShell(screen, (sentence) => (status.textContent = sentence));
  };
  const toggle = () => {
    element.hidden = !element.hidden;
    told(!element.hidden);
    if (element.hidden) {
      shell.end();
    } else {
      start();
    }
  };
  const drop = async (list) => {
    const added = await Promise.allSettled([...list].map((file) => shell.add(file)));
    complain(bar, added.flatMap(({ reason }) => reason?.message ?? []).join(" "));
  };
  const choose = () => {
    drop(chosen.files);
    // The same file may be chosen again.
    chosen.value = "";
  };

  const chosen = make("input", { type: "file", multiple: true, hidden: true, onchange: choose });
  const bar = make("div", { class: "live-bar" },
    make("strong", {}, t`Terminal`), status, chosen,
    button(t`Add a file`, () => chosen.click(), { title: t`Or drop files on the terminal` }),
    button(t`New guest`, () => saveAll().then(start)),
    button(t`Close`, toggle));
  const element = make("section", { class: "live-terminal", "aria-label": t`Terminal`, hidden: true }, bar, screen);
  element.prepend(height(element, () => shell.fit()));
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    drop(event.dataTransfer.files);
  });
  keepKeys(element);
  document.getElementById("mdbook-page-wrapper").append(element);
  return { toggle };
};
