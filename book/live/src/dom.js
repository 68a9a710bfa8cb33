// SPDX-License-Identifier: CC-BY-4.0

// Elements. Text from the server becomes text, never HTML.

/**
 * An element with attributes and children. A function becomes a listener (`onclick`), `true` an attribute without a
 * value; `false` and `undefined` are left out.
 */
export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(key.slice(2), value);
    } else if (value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children);
  return element;
};

/** A button with a label, and one of mdBook's icons in front of it: `play`. */
export const button = (label, onclick, { icon, ...attributes } = {}) => {
  const drawing = icon ? document.getElementById(`fa-${icon}`)?.content.cloneNode(true) : undefined;
  return make("button", { type: "button", class: "live-button", onclick, ...attributes }, ...(drawing ? [drawing] : []), label);
};

/** Says below an element that something is not possible. */
export const complain = (after, sentence) => after.after(make("p", { class: "live-note", role: "alert" }, sentence));

/** Keeps keys that are typed in an element from mdBook, which turns pages with the arrows and searches with `s`. */
export const keepKeys = (element) => element.addEventListener("keydown", (event) => event.stopPropagation());

/** A sentence's parts, with what stands in backticks as code. */
export const withCode = (sentence) => sentence.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));

/** When all that was changed has its place on the screen. */
export const nextFrame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
