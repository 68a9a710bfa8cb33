// SPDX-License-Identifier: CC-BY-4.0

// The button in the menu bar that opens a terminal. The terminal itself is loaded when it is first used.

import { saveAll } from "./changes.js";
import { button } from "./dom.js";

/** Puts the button into the menu bar. Returns what opens the terminal. */
export const terminal = () => {
  let panel;
  let pressed;
  const told = (shown) => {
    opener.setAttribute("aria-expanded", shown);
    if (!shown) {
      // The page stays where its reader has scrolled to.
      pressed.focus({ preventScroll: true });
    }
  };
  const press = async ({ currentTarget }) => {
    pressed = currentTarget;
    const [{ openPanel }] = await Promise.all([import("./terminal/panel.js"), saveAll()]);
    panel ??= openPanel(told);
    panel.toggle();
  };
  const opener = button("", press, {
    class: "icon-button live-terminal-button", title: t`Terminal`, "aria-label": t`Terminal`, "aria-expanded": "false",
  });
  document.querySelector(".right-buttons").prepend(opener);
  return (event) => opener.getAttribute("aria-expanded") === "true" || press(event);
};
