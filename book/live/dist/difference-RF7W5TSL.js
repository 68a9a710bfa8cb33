// SPDX-License-Identifier: CC-BY-4.0 AND MIT
import{a as e}from"./chunk-NGDVI5ZV.js";var a={"+":"live-added","-":"live-removed"},i=/^--- .*\n\+\+\+ .*\n@@ .*\n/,r=l=>{let n=l.replace(i,"").trimEnd().replaceAll(/^@@ .*$/gm,"\u2026").split(`
`).map(s=>e("span",{class:`live-line ${a[s[0]]??""}`},s)),t=e("pre",{class:"live-text",tabindex:"0","aria-label":"Difference"},e("code",{class:"hljs"},...n));return e("div",{},e("p",{class:"live-note"},"The book's lines have a minus, this run's a plus:"),t)};export{r as difference};
