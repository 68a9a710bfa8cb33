// SPDX-License-Identifier: CC-BY-4.0 AND MIT
var t=e=>e.replace(/^exercises\/[^/]+\//,""),o=e=>new Intl.ListFormat("en").format(e);export{t as a,o as b};
