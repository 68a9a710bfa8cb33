// SPDX-License-Identifier: CC-BY-4.0 AND MIT
var t=e=>e.replace(/^exercises\/[^/]+\//,""),n=e=>new Intl.ListFormat(document.documentElement.lang).format(e);export{t as a,n as b};
