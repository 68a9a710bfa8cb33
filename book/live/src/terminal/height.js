// SPDX-License-Identifier: CC-BY-4.0

// The upper edge of the panel: it can be dragged, or moved by the arrows.

import { make } from "../dom.js";

/** How far an arrow moves it, in CSS pixels. */
const STEP = 24;
const SMALLEST = 120;

/** The edge of an element. `changed()` is called when its height has changed. */
export const height = (element, changed) => {
  const set = (pixels) => {
    element.style.height = `${Math.min(Math.max(pixels, SMALLEST), innerHeight * 0.9)}px`;
    changed();
  };
  const drag = (event) => set(element.getBoundingClientRect().bottom - event.clientY);
  const edge = make("div", {
    class: "live-edge", role: "separator", tabindex: "0", "aria-orientation": "horizontal", "aria-label": t`Height of the terminal`,
    onpointerdown: (event) => {
      edge.setPointerCapture(event.pointerId);
      edge.addEventListener("pointermove", drag);
    },
    onlostpointercapture: () => edge.removeEventListener("pointermove", drag),
    onkeydown: ({ key }) => {
      const sign = { ArrowUp: 1, ArrowDown: -1 }[key];
      return sign && set(element.offsetHeight + sign * STEP);
    },
  });
  return edge;
};
