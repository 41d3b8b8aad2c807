/** Style of the report page. Inlined, and allowed by its hash in the page's content security policy. */
export const PAGE_CSS = `
:root{--ink:#1b1f24;--soft:#57606a;--line:#d6dbe1;--paper:#fff;--ground:#f4f6f8;--good:#176f3d;--wait:#8a5a00;--bad:#b3261e;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a3adb8;--line:#363d46;--paper:#1b2026;--ground:#12161a;--good:#5dcb8b;--wait:#e7b54a;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem}
article{background:var(--paper);border:1px solid var(--line);border-radius:10px;margin-bottom:1.5rem;overflow:hidden}
article>section,article>dl{padding:0 1.5rem;margin:1.25rem 0}
header{padding:1.25rem 1.5rem;border-bottom:1px solid var(--line);border-left:8px solid currentColor}
header.good{color:var(--good)}header.wait{color:var(--wait)}header.bad{color:var(--bad)}
.word{font-size:1.9rem;font-weight:700;margin:0;line-height:1.2;display:flex;align-items:center;gap:.6rem}
.mark{width:.85em;height:.85em;background:currentColor;display:inline-block}
.good .mark{border-radius:50%}.wait .mark{clip-path:polygon(50% 0,100% 100%,0 100%)}.bad .mark{clip-path:polygon(30% 0,70% 0,100% 30%,100% 70%,70% 100%,30% 100%,0 70%,0 30%)}
h1{font-size:1.1rem;margin:.35rem 0 0;color:var(--ink);overflow-wrap:anywhere}
h2{font-size:1rem;margin:0 0 .6rem}
code,pre{font-family:var(--mono);font-size:.86em;overflow-wrap:anywhere}
.digest{margin:.15rem 0 0;color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:.75rem 1.5rem}
.facts dt{color:var(--soft);font-size:.85rem}.facts dd{margin:0;overflow-wrap:anywhere}
ul{margin:0;padding-left:1.1rem}li{margin:.3rem 0}
.reasons .effect{color:var(--soft)}.reasons em{display:block;color:var(--soft)}
.fine,footer{color:var(--soft);font-size:.85rem}
footer{max-width:60rem;margin:0 auto;padding:0 1rem 2rem}
.finding{border:1px solid var(--line);border-left:5px solid var(--soft);border-radius:6px;margin:.6rem 0;padding:.55rem .9rem}
.finding.critical,.finding.high{border-left-color:var(--bad)}.finding.medium{border-left-color:var(--wait)}
.finding summary{cursor:pointer;overflow-wrap:anywhere}.finding p{margin:.45rem 0}
.severity{font-weight:700;text-transform:uppercase;font-size:.78rem;letter-spacing:.03em}
.critical .severity,.high .severity{color:var(--bad)}.medium .severity{color:var(--wait)}
.title{font-weight:600}.where,.rule{color:var(--soft);font-size:.9rem}
pre{background:var(--ground);border-radius:6px;padding:.6rem .8rem;margin:.5rem 0;white-space:pre-wrap;max-height:18rem;overflow:auto}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;color:var(--soft);font-weight:500}
th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td code{overflow-wrap:normal;white-space:nowrap}
td:last-child code{display:inline-block;max-width:22ch;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom}
.n{text-align:right;white-space:nowrap}
:focus-visible{outline:2px solid currentColor;outline-offset:2px}
@media (max-width:40rem){article>section,article>dl,header{padding-left:1rem;padding-right:1rem}th:nth-child(4),td:nth-child(4){display:none}}
`;
