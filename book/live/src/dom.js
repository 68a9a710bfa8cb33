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

/**
 * A button with a label, and one of mdBook's icons in front of it: `play`. Below it stands why `press(event)` failed,
 * until it succeeds.
 */
export const button = (label, press, { icon, ...attributes } = {}) => {
  const drawing = icon ? document.getElementById(`fa-${icon}`)?.content.cloneNode(true) : undefined;
  const onclick = async (event) => {
    try {
      await press(event);
      complain(element, "");
    } catch (error) {
      complain(element, error.message);
    }
  };
  const element = make("button", { type: "button", class: "live-button", onclick, ...attributes }, ...(drawing ? [drawing] : []), label);
  return element;
};

const complaints = new WeakMap();

/** Says below an element that something is not possible, instead of what it said before. `""` takes that away. */
export const complain = (after, sentence) => {
  complaints.get(after)?.remove();
  if (sentence) {
    complaints.set(after, make("p", { class: "live-note", role: "alert" }, sentence));
    after.after(complaints.get(after));
  }
};

/** Keeps keys that are typed in an element from mdBook, which turns pages with the arrows and searches with `s`. */
export const keepKeys = (element) => element.addEventListener("keydown", (event) => event.stopPropagation());

/** A sentence's parts, with what stands in backticks as code. */
export const withCode = (sentence) => sentence.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));

/** When all that was changed has its place on the screen. */
export const nextFrame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
