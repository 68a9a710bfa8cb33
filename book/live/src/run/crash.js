// SPDX-License-Identifier: CC-BY-4.0

// The log of a kernel that has crashed. Functions of the reader's own code in it are links to their lines.

import { button, make } from "../dom.js";

/** Cuts a text at each of some names: `["at ", frame, " …"]`. */
const cut = (text, frames) => frames.reduce((parts, frame) => parts.flatMap((part) => {
  if (typeof part !== "string") {
    return [part];
  }
  const [first, ...others] = part.split(frame.function);
  return [first, ...others.flatMap((other) => [frame, other])];
}), [text]);

/** `frames` are `{ function, file, line }`, with a file where it is one of the reader's. */
export const crashed = ({ log, frames }, openAt) => {
  const own = frames.filter((frame) => frame.file && frame.function);
  const link = (frame, label) =>
    button(label, () => openAt(frame.file, frame.line), { class: "live-link", title: `${frame.file}:${frame.line}` });
  const parts = cut(log, own).map((part) => (typeof part === "string" ? part : link(part, part.function)));
  const calls = own.map((frame) => make("li", {}, make("code", {}, frame.function), ", ", link(frame, `${frame.file}:${frame.line}`)));
  const shown = make("pre", { class: "live-text", tabindex: "0", "aria-label": "The kernel's log" }, make("code", { class: "hljs" }, ...parts));
  return make("div", {},
    ...(calls.length ? [make("p", { class: "live-note" }, "In your code:"), make("ul", { class: "live-frames" }, ...calls)] : []), shown);
};
