// SPDX-License-Identifier: CC-BY-4.0

// What comes after an exercise that is done: its solution, and the next one.

import { button, make } from "../dom.js";
import { exercises } from "../server.js";

/** The files of a solution. */
const solution = async (name) => Object.entries(await exercises.solution(name)).flatMap(([file, text]) => [
  make("p", { class: "live-note" }, t`${file} of the solution, which is one of many:`),
  make("pre", { class: "live-text", tabindex: "0", "aria-label": t`Solution: ${file}` }, make("code", { class: "hljs" }, text)),
]);

/** The first that is not done, from this one on. */
const following = (all, name) => {
  const place = all.findIndex((it) => it.name === name);
  return [...all.slice(place + 1), ...all.slice(0, place)].find(({ state }) => state !== "done");
};

/** Shows it in an element. */
export const showNext = async (element, name) => {
  const next = following(await exercises.list(), name);
  const place = make("div");
  const opener = button(t`Show a solution`, async () => place.replaceChildren(...await solution(name)));
  const link = next
    ? make("a", { href: `${next.chapter}.html#do-${next.name}` }, t`Next: ${next.title}`)
    : make("span", {}, t`That was the last one: all exercises are done.`);
  element.replaceChildren(make("div", { class: "live-bar" }, link, opener), place);
};
