// SPDX-License-Identifier: CC-BY-4.0

// The hints of an exercise, one by one.

import { button, make } from "../dom.js";
import { exercises } from "../server.js";

/** A button that asks for the next hint, and the list of those that were given. */
export const hints = ({ name, hints: given, hints_total: total }) => {
  const list = make("ol", { class: "live-hints", "aria-live": "polite" });
  const text = document.createTextNode("");
  const show = (all) => {
    for (const hint of all.slice(list.children.length)) {
      // The server has made it from the exercise's README.
      const item = make("li");
      item.innerHTML = hint;
      list.append(item);
    }
    text.data = all.length < total ? t`Hint ${all.length + 1} of ${total}` : t`No more hints`;
    more.disabled = all.length >= total;
  };
  const more = button(text, async () => show((await exercises.act(name, "hint")).hints));
  show(given);
  return { button: more, element: list };
};
