// SPDX-License-Identifier: MIT OR Apache-2.0
// Text whose contrast to what is behind it is less than 4.5 to 1, as WCAG has it; of large letters and icons, 3.
(() => {
  // Colours that are on their way are there. A cursor blinks on.
  const ends = (animation) => Number.isFinite(animation.effect.getComputedTiming().endTime);
  document.getAnimations().filter(ends).forEach((it) => it.finish());
  // A page has thousands of texts, and few colours.
  const once = (of, key = (first) => first) => {
    const known = new Map();
    return (...all) => {
      const name = key(...all);
      if (!known.has(name)) {
        known.set(name, of(...all));
      }
      return known.get(name);
    };
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  // A colour of any notation, over another one.
  const over = once((behind, colour) => {
    canvas.fillStyle = `rgb(${behind.join(" ")})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }, (behind, colour) => `${behind} ${colour}`);
  const behind = once((element) =>
    element ? over(behind(element.parentElement), getComputedStyle(element).backgroundColor) : [255, 255, 255]);
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const opacity = once((element) =>
    element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1);
  const found = new Map();
  const check = (element, least, what) => {
    const background = behind(element);
    const solid = over(background, getComputedStyle(element).color);
    const share = opacity(element);
    const colour = solid.map((part, place) => part * share + background[place] * (1 - share));
    const [dark, light] = [luminance(colour), luminance(background)].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < least) {
      found.set(`${element.localName}.${element.className} ${contrast.toFixed(2)}`, what);
    }
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  for (const root of document.querySelectorAll("main, #mdbook-sidebar, #mdbook-menu-bar")) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      const text = texts.currentNode.textContent.trim();
      if (!text || !shown(element)) {
        continue;
      }
      const style = getComputedStyle(element);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      check(element, large ? 3 : 4.5, text.slice(0, 40));
    }
  }
  // Icons are painted in the colour of the text.
  for (const icon of document.querySelectorAll("#mdbook-menu-bar :is(button, label, a)")) {
    if (shown(icon)) {
      check(icon, 3, icon.title);
    }
  }
  return [...found].map(([what, text]) => `${what}: ${text}`);
})()
