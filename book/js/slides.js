// SPDX-License-Identifier: CC-BY-4.0

// Slides of a chapter: `kvm-run.html?slides`. They are made of what is on the page.
//
// A slide shows one thing: a question, a picture, a listing, a recording, a table, a reference to the kernel. The
// text around it becomes the notes, which a second window shows: `kvm-run.html?slides&notes`.

(() => {
  const asked = new URLSearchParams(location.search);
  if (!asked.has("slides")) {
    return;
  }

  // Sizes of letters, in hundredths of the window's height. What needs smaller ones is cut in two, if it can be.
  const [LARGEST, SMALL, SMALLEST] = [3.6, 2, 1.4];

  const make = (name, className, ...children) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...children);
    return element;
  };

  // --- What the slides show ---

  const copies = (elements) => elements.map((element) => element.cloneNode(true));

  // The text of a heading, without mdBook's link.
  const inside = (heading) => copies([...(heading.querySelector("a.header") ?? heading).childNodes]);

  const isText = (element) => element.matches("p:not([class])") && !element.querySelector("img");
  const isClaim = (element) => isText(element) && element.firstElementChild?.localName === "strong" &&
    element.textContent.trim().startsWith(element.firstElementChild.textContent);

  // `[{ heading, shown, notes }]`, of what is on a chapter's page.
  const read = (main) => {
    const elements = [...main.children];
    const title = elements.find((element) => element.localName === "h1");
    const question = main.querySelector(":scope > .question");
    const minutes = main.querySelector(":scope > .minutes");
    const speaker = main.querySelector(":scope > .speaker");
    const first = {
      heading: [],
      shown: [make("p", "title", ...inside(title)), ...copies([question, minutes].filter((it) => it))],
      notes: speaker ? copies([...speaker.children].slice(1)) : [],
      className: "first",
    };
    const slides = [first];
    let [heading, part, asks] = ["", 0, undefined];
    let waiting = [];
    const show = (shown, className = "") => {
      slides.push({ heading, part, shown, notes: copies(waiting), className });
      waiting = [];
    };
    // What is left of a section explains the last thing that it has shown. If it has shown none, its first
    // paragraph is what there is to show.
    const end = () => {
      const last = slides.at(-1);
      if (!waiting.length) {
        return;
      }
      if (last.part === part || !heading) {
        last.notes.push(...copies(waiting));
        waiting = [];
      } else {
        const [shown, ...notes] = waiting;
        waiting = notes;
        show(copies([shown]), "statement");
      }
    };

    for (let place = 0; place < elements.length; place++) {
      const element = elements[place];
      if (element === title || element === question || element === minutes || element === speaker) {
        continue;
      }
      if (/^h[2-6]$/.test(element.localName)) {
        end();
        [heading, part, asks] = [element, part + 1, undefined];
      } else if (element.matches(".file, .kernel")) {
        place += 1;
        show(copies([element, elements[place]]));
      } else if (element.matches("details")) {
        // An answer, below its question. Other things that are folded are to look things up in.
        if (asks) {
          const [, ...answer] = element.children;
          waiting.push(...answer.slice(1));
          show([...copies([asks]), make("div", "answer", ...copies(answer.slice(0, 1)))], "statement");
        }
      } else if (isClaim(element)) {
        end();
        asks = element;
        show([element.cloneNode(true)], "statement");
      } else if (isText(element)) {
        waiting.push(element);
      } else if (element.textContent.trim() || element.querySelector("img")) {
        // mdBook has each picture twice: the second is the large one that a click shows.
        const pictures = [...element.querySelectorAll(":not(.img-wrapper) > img")];
        pictures.forEach((picture) => show(copies([picture])));
        if (!pictures.length) {
          show(copies([element]), element.matches(".exercise") ? "statement" : "");
        }
      }
    }
    end();
    return slides;
  };

  // --- How a slide is laid out ---

  const content = read(document.querySelector("main"));
  document.documentElement.classList.add("slides");
  const deck = document.body.appendChild(make("div", "deck"));

  const add = ({ heading, shown, notes, className }, after) => {
    const body = make("div", "body", ...shown);
    const slide = make("section", `slide ${className}`);
    if (heading) {
      slide.append(make("h2", "", ...(heading.cloneNode ? inside(heading) : heading)));
    }
    slide.append(body, make("footer", ""));
    slide.querySelectorAll(".buttons").forEach((it) => it.remove());
    slide.querySelectorAll("[id]").forEach((it) => it.removeAttribute("id"));
    slide.notes = notes;
    after ? after.after(slide) : deck.append(slide);
    return slide;
  };

  const isTooWide = (slide) =>
    [...slide.querySelectorAll(".body, .body :is(pre, pre > code, .table-wrapper, table)")]
      .some((it) => it.scrollWidth > it.clientWidth + 1);

  const isTooLarge = (slide) => {
    const body = slide.querySelector(".body");
    return body.scrollHeight > body.clientHeight + 1 || isTooWide(slide);
  };

  // The largest letters that fit. Whether any do.
  const fit = (slide, smallest = SMALL) => {
    for (let size = LARGEST; size >= smallest - 0.01; size -= 0.1) {
      slide.style.setProperty("--size", size.toFixed(1));
      if (!isTooLarge(slide)) {
        return true;
      }
    }
    return false;
  };

  // What may be cut in two, and where: between the items of a list, a table's rows, a listing's lines, columns.
  const split = (slide) => {
    const second = slide.cloneNode(true);
    const halves = [slide, second];
    const both = (selector) => halves.map((half) => half.querySelector(`.body ${selector}`));
    const cut = (children) => {
      let middle = Math.ceil(children[0].length / 2);
      while (children[0][middle]?.localName === "dd") {
        middle += 1;
      }
      children[0].slice(middle).forEach((it) => it.remove());
      children[1].slice(0, middle).forEach((it) => it.remove());
      return middle;
    };
    const parts = halves.map((half) => [...half.querySelectorAll(".body > :is(.pair, .columns) > *")]);
    const paragraphs = halves.map((half) => [...half.querySelectorAll(".body > .exercise > *")]);
    const lists = both(":is(ol, ul, dl)");
    const tables = both("tbody");
    const listings = both("pre code");
    if (parts[0].length > 1) {
      cut(parts);
    } else if (paragraphs[0].length > 1) {
      cut(paragraphs);
    } else if (lists[0]?.children.length > 1) {
      const middle = cut(lists.map((list) => [...list.children]));
      lists[1].start = (lists[0].start ?? 1) + middle;
    } else if (tables[0]?.children.length > 1) {
      cut(tables.map((table) => [...table.children]));
    } else if (listings[0]?.textContent.trimEnd().includes("\n")) {
      cutLines(listings);
    } else {
      return undefined;
    }
    second.notes = [];
    second.classList.add("more");
    slide.after(second);
    return second;
  };

  // At the empty line nearest to the middle, or in the middle.
  const cutLines = (listings) => {
    const lines = listings[0].textContent.trimEnd().split("\n");
    const middle = lines.length / 2;
    const distance = (line) => Math.abs(line - middle);
    const empty = lines.map((_, line) => line)
      .filter((line) => line > 0 && !lines[line].trim() && distance(line) < lines.length / 4)
      .sort((a, b) => distance(a) - distance(b));
    const at = empty[0] ?? Math.ceil(middle);
    const offset = lines.slice(0, at).join("\n").length + 1;
    const position = (listing) => {
      const texts = document.createTreeWalker(listing, NodeFilter.SHOW_TEXT);
      let before = 0;
      while (texts.nextNode()) {
        const length = texts.currentNode.data.length;
        if (before + length >= offset) {
          return [texts.currentNode, offset - before];
        }
        before += length;
      }
      return [listing, listing.childNodes.length];
    };
    const [first, second] = listings.map((listing) => {
      const range = document.createRange();
      range.selectNodeContents(listing);
      return range;
    });
    first.setStart(...position(listings[0]));
    first.deleteContents();
    second.setEnd(...position(listings[1]));
    second.deleteContents();
  };

  const layOut = () => {
    deck.replaceChildren();
    content.forEach((slide) => add({ ...slide, shown: copies(slide.shown) }));
    deck.classList.add("measured");
    for (let slide = deck.firstElementChild; slide; ) {
      if (fit(slide)) {
        slide = slide.nextElementSibling;
      } else if (isTooWide(slide) && !slide.matches(".wrap")) {
        slide.classList.add("wrap");
      } else if (!split(slide)) {
        fit(slide, SMALLEST);
        slide = slide.nextElementSibling;
      }
      // A half may still be too large: then it is cut again.
    }
    deck.classList.remove("measured");
    [...deck.children].forEach((slide, place, all) => {
      slide.querySelector("footer").textContent = `${place + 1} / ${all.length}`;
    });
  };

  // --- Going from slide to slide, in both windows ---

  const channel = new BroadcastChannel(`slides ${location.pathname}`);
  const isNotes = asked.has("notes");
  const started = Date.now();
  const notes = isNotes ? document.body.appendChild(make("div", "speaker-notes")) : undefined;
  let here = 0;

  const showNotes = () => {
    const [slide, next] = [deck.children[here], deck.children[here + 1]];
    const minutes = Math.floor((Date.now() - started) / 60000);
    const following = next?.querySelector("h2, .title, .file, .kernel, p")?.textContent ?? t`the end`;
    notes.replaceChildren(
      make("p", "where", t`${here + 1} of ${deck.children.length}, after ${minutes} minutes. Next: ${following}`),
      ...copies(slide.notes),
    );
    notes.scrollTop = 0;
  };

  const go = (place, tell = true) => {
    here = Math.max(0, Math.min(place, deck.children.length - 1));
    [...deck.children].forEach((slide, place) => slide.classList.toggle("shown", place === here));
    if (notes) {
      showNotes();
    }
    if (tell) {
      // So that a reload stays there.
      history.replaceState(null, "", `#${here + 1}`);
      channel.postMessage(here);
    }
  };

  channel.addEventListener("message", ({ data }) => go(data, false));

  const keys = {
    ArrowRight: () => go(here + 1),
    ArrowDown: () => go(here + 1),
    PageDown: () => go(here + 1),
    " ": () => go(here + 1),
    ArrowLeft: () => go(here - 1),
    ArrowUp: () => go(here - 1),
    PageUp: () => go(here - 1),
    Home: () => go(0),
    End: () => go(deck.children.length - 1),
    n: () => window.open(`?slides&notes#${here + 1}`, "notes", "width=900,height=700"),
    Escape: () => location.assign(location.pathname),
  };
  // Before mdBook, for which the arrows go to other chapters.
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.stopImmediatePropagation();
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  }, true);
  deck.addEventListener("click", (event) => {
    if (!event.target.closest("a")) {
      go(here + (event.clientX < innerWidth / 4 ? -1 : 1));
    }
  });

  const start = () => {
    layOut();
    go((parseInt(location.hash.slice(1), 10) || 1) - 1, false);
  };
  let resized;
  window.addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(start, 200);
  });
  // Pictures and fonts have a size once they are there.
  const loaded = [...deck.ownerDocument.images].map((image) => image.decode().catch(() => {}));
  Promise.all([document.fonts.ready, ...loaded]).then(() => {
    start();
    deck.classList.add("ready");
  });
})();
