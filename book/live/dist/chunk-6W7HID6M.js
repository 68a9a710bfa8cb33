// SPDX-License-Identifier: CC-BY-4.0 AND MIT
var o=e=>e.replace(/^exercises\/[^/]+\//,""),n=e=>new Intl.ListFormat(document.documentElement.lang).format(e),r=e=>t([e]);export{o as a,n as b,r as c};
