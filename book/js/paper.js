// SPDX-License-Identifier: CC-BY-4.0

// print.html holds all chapters. This makes a book of it, in one of three editions:
//
// - print.html has a title, contents, and all chapters;
// - print.html?answers also has the answers and the notes for the speaker: the teacher's key;
// - print.html?tasks has the graded exercises only, each on a sheet of its own.

(() => {
  const EDITIONS = [
    ["", t`The book`],
    ["?answers", t`With all answers and notes: the teacher's key`],
    ["?tasks", t`Task sheets, one for each graded exercise`],
  ];

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
      element.setAttribute(attribute, value);
    }
    element.append(...children);
    return element;
  };

  // A heading's text, with its code, without the link that mdBook puts around it.
  const heading = (element) => [...(element.querySelector("a.header") ?? element).cloneNode(true).childNodes];

  // Paper is white, whatever the theme.
  const stylesheets = ["mdbook-highlight-css", "mdbook-tomorrow-night-css", "mdbook-ayu-highlight-css"]
    .map((id) => document.getElementById(id));
  const root = document.documentElement;
  let before;
  window.addEventListener("beforeprint", () => {
    before ??= [root.className, stylesheets.map((it) => it.disabled)];
    root.classList.remove("rust", "coal", "navy", "ayu");
    root.classList.add("light");
    stylesheets.forEach((it, place) => (it.disabled = place > 0));
  });
  window.addEventListener("afterprint", () => {
    const [className, disabled] = before ?? [root.className, stylesheets.map((it) => it.disabled)];
    root.className = className;
    stylesheets.forEach((it, place) => (it.disabled = disabled[place]));
    before = undefined;
  });

  if (!location.pathname.endsWith("/print.html")) {
    return;
  }
  const main = document.querySelector("main");
  const [title] = document.querySelectorAll(".menu-title");
  const edition = EDITIONS.find(([query]) => query && location.search === query) ?? EDITIONS[0];

  const editions = () => {
    const items = EDITIONS.map(([query, name]) =>
      make("li", {}, query === edition[0] ? make("strong", {}, name) : make("a", { href: `print.html${query}` }, name)),
    );
    return make("nav", { class: "editions", "aria-label": t`Editions` }, t`To print: `, make("ul", {}, ...items));
  };

  // The sidebar has the parts, and the chapters in the order in which they are here.
  const contents = () => {
    const chapters = [...main.querySelectorAll("h1")];
    const list = make("ol", { class: "contents" });
    for (const item of document.querySelectorAll("#mdbook-sidebar .chapter li")) {
      if (item.classList.contains("part-title")) {
        list.append(make("li", { class: "part" }, item.textContent));
      } else if (item.querySelector(":scope > .chapter-link-wrapper > a[href]")) {
        const chapter = chapters.shift();
        const minutes = document.querySelector(`[id="${chapter.id}"] + .minutes`)?.textContent.split(/[:：]/)[0] ?? "";
        const link = make("a", { href: `#${chapter.id}` }, ...heading(chapter));
        const depth = item.parentElement.matches(".section") ? "sub" : "";
        list.append(make("li", { class: depth }, link, make("span", {}, minutes)));
      }
    }
    return list;
  };

  const titlePage = () => {
    const [name, subtitle] = title.textContent.split(/: |：/);
    const description = document.querySelector("meta[name=description]").content;
    return make(
      "header",
      { class: "title-page" },
      make("p", { class: "name" }, name),
      make("p", { class: "subtitle" }, subtitle ?? ""),
      make("p", {}, description),
      ...(edition[0] ? [make("p", { class: "edition" }, edition[1])] : []),
    );
  };

  const ANSWERS = [t`Answer`, t`Solution`, t`Hint`];
  const isAnswer = (details) =>
    details.matches(".speaker") || ANSWERS.some((word) => details.querySelector("summary").textContent.startsWith(word));

  // The row of the table of all exercises.
  const row = (name) =>
    [...main.querySelectorAll("tr")].find((row) => row.cells[1]?.textContent === name && /^\d+$/.test(row.cells[0].textContent));

  const withoutPeriod = (node) => (node.data ? node.data.replace(/[.。]$/, "") : node);

  const sheet = (exercise) => {
    const command = [...exercise.querySelectorAll("code")].map((it) => it.textContent)
      .find((it) => it.startsWith("cargo lab exercise start "));
    const name = command.split(" ").at(-1);
    const [number, , , kind, minutes, chapter] = [...row(name).cells].map((cell) => cell.textContent);
    const task = exercise.cloneNode(true);
    const first = task.querySelector("p");
    const heading = [...first.querySelector("strong").childNodes].map(withoutPeriod);
    first.remove();
    return make(
      "section",
      { class: "sheet" },
      make("h1", {}, `${number}. `, ...heading),
      make("p", { class: "minutes" }, t`${minutes} minutes. ${kind}. The chapter: ${chapter}.`),
      task,
      make("ol", { class: "steps" },
        make("li", {}, make("code", {}, command), t` gives you the starting point.`),
        make("li", {}, make("code", {}, command.replace("start", "check")), t` says what is missing.`),
        make("li", {}, make("code", {}, command.replace("start", "hint")), t` gives a hint, and one more each time.`)),
      make("p", { class: "notes" }, t`Notes`),
    );
  };

  if (edition[0] === "?tasks") {
    const sheets = [...main.querySelectorAll(".exercise")].map(sheet);
    const number = (sheet) => parseInt(sheet.textContent, 10);
    main.replaceChildren(...sheets.sort((a, b) => number(a) - number(b)));
    main.classList.add("sheets");
  } else {
    for (const details of main.querySelectorAll("details")) {
      details.open = edition[0] === "?answers" || !isAnswer(details);
    }
    main.prepend(titlePage(), make("h2", { class: "contents-title" }, t`Contents`), contents());
  }
  main.prepend(editions());
})();
