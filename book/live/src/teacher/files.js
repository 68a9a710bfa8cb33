// SPDX-License-Identifier: CC-BY-4.0

// What a seat has changed, to look at.

import { button, make } from "../dom.js";
import { workshop } from "../server.js";

/** Shows the files of a seat in an element. */
export const showFiles = async (element, { id, name }) => {
  const paths = (await workshop.files(id)).map(({ path }) => path);
  const text = make("pre", { tabindex: "0", hidden: true });
  const open = async (path) => {
    text.textContent = (await workshop.file(id, path)).text;
    text.setAttribute("aria-label", path);
    text.hidden = false;
  };
  const list = paths.map((path) => make("li", {}, button(path, () => open(path))));
  element.hidden = false;
  element.replaceChildren(
    make("h2", {}, t`What ${name} has changed`),
    paths.length ? make("ul", {}, ...list) : make("p", {}, t`Nothing yet.`),
    text);
  element.scrollIntoView({ block: "nearest" });
};
