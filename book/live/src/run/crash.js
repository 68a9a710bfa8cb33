// SPDX-License-Identifier: CC-BY-4.0

// The log of a kernel that has crashed, from its complaint on. Functions of the reader's own code in it are links to
// their lines.

import { button, make } from "../dom.js";
import { fileName } from "../names.js";

/** Cuts a text at each of some names: `["at ", frame, " …"]`. */
const cut = (text, frames) => frames.reduce((parts, frame) => parts.flatMap((part) => {
  if (typeof part !== "string") {
    return [part];
  }
  const [first, ...others] = part.split(frame.function);
  return [first, ...others.flatMap((other) => [frame, other])];
}), [text]);

const shown = (label, ...parts) =>
  make("pre", { class: "live-text", tabindex: "0", "aria-label": label }, make("code", { class: "hljs" }, ...parts));

/** `frames` are `{ function, file, line }`, the innermost first. */
export const crashed = ({ before, log, frames }, openAt) => {
  const place = ({ file, line }) => `${fileName(file)}:${line}`;
  const link = (frame, label) =>
    button(label, () => openAt(frame.file, frame.line), { class: "live-link", title: place(frame) });
  const calls = frames.map((frame) => make("li", {}, link(frame, place(frame)), t`, in `, make("code", {}, frame.function)));
  const parts = cut(log, frames).map((part) => (typeof part === "string" ? part : link(part, part.function)));
  return make("div", {},
    ...(calls.length ? [make("p", { class: "live-note" }, t`Where your code was, the innermost call first:`), make("ol", { class: "live-frames" }, ...calls)] : []),
    ...(log ? [shown(t`The kernel's log`, ...parts)] : []),
    ...(before ? [make("details", {}, make("summary", {}, t`What the kernel said before`), shown(t`The kernel's log before`, before))] : []),
    make("p", { class: "live-note" }, t`It was this guest only. The next run starts another, with your files as they are then.`));
};
