// SPDX-License-Identifier: CC-BY-4.0

// The names of files become links: our own lead to the whole file, the kernel's to a public browser of its source.

(() => {
  // The Linux that the lab builds; a test compares it with the lab's.
  const KERNEL = "https://elixir.bootlin.com/linux/v7.3.4/source/";

  // Where book.toml names a repository, mdBook has a link to it. Otherwise the files are in the book.
  const repository = document.querySelector("a[title='Git repository'], a[title='Git Repository']");
  const files = repository ? `${repository.href.replace(/\/$/, "")}/blob/HEAD/` : "files/";

  const link = (address, text) => {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = text;
    return link;
  };

  for (const caption of document.querySelectorAll("main p.file")) {
    const path = caption.textContent;
    caption.replaceChildren(link(files + path, path));
  }

  // `<code>name</code>, path`
  const afterNames = [...document.querySelectorAll("main :is(p.kernel, td) > code")].map((name) => name.nextSibling);
  for (const text of afterNames) {
    const [, comma, path] = text?.data?.match(/^(, )([\w-]+(?:\/[\w.-]+)+\.(?:c|h|rs|S))$/) ?? [];
    if (path) {
      text.replaceWith(comma, link(KERNEL + path, path));
    }
  }
})();
