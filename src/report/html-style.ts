/** Style of the report page. Inlined, and allowed by its hash in the page's content security policy. */
export const PAGE_CSS = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d8dee4;--paper:#fff;--ground:#f3f5f7;--sunk:#f6f8fa;--good:#176f3d;--good-bg:#e8f5ec;--wait:#845400;--wait-bg:#fdf3dc;--bad:#b3261e;--bad-bg:#fdecea;--link:#0b57a4;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a0aab5;--line:#343b44;--paper:#1a1f25;--ground:#101418;--sunk:#12171c;--good:#5dcb8b;--good-bg:#16291e;--wait:#e7b54a;--wait-bg:#2b2413;--bad:#ff8a80;--bad-bg:#331b1b;--link:#7cb7ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main,footer{max-width:62rem;margin:0 auto;padding:1.5rem 1rem}
footer{padding-top:0;color:var(--soft);font-size:.85rem}
a{color:var(--link)}
nav{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:.9rem 1.75rem;margin-bottom:1.5rem}
nav ul{list-style:none;margin:0;padding:0;display:grid;gap:.3rem}
nav summary{cursor:pointer}nav ul+details,nav summary+ul{margin-top:.6rem}nav .mark{margin-right:.5rem}nav a{overflow-wrap:anywhere}nav strong{display:inline-block;min-width:5.5rem}
article{background:var(--paper);border:1px solid var(--line);border-radius:12px;margin-bottom:2rem;overflow:hidden}
article>section{padding:0 1.75rem;margin:1.75rem 0}
.good{--tone:var(--good);--tone-bg:var(--good-bg)}.wait{--tone:var(--wait);--tone-bg:var(--wait-bg)}.bad{--tone:var(--bad);--tone-bg:var(--bad-bg)}
article>header{padding:1.5rem 1.75rem;background:var(--tone-bg);border-top:6px solid var(--tone)}
.word{font-size:2.1rem;font-weight:750;letter-spacing:-.01em;margin:0;line-height:1.15;display:flex;align-items:center;gap:.6rem;color:var(--tone)}
.mark{flex:none;width:.8em;height:.8em;background:var(--tone);display:inline-block}
.good .mark{border-radius:50%}.wait .mark{clip-path:polygon(50% 4%,100% 96%,0 96%)}.bad .mark{clip-path:polygon(30% 0,70% 0,100% 30%,100% 70%,70% 100%,30% 100%,0 70%,0 30%)}
h1{font-size:1.25rem;line-height:1.3;margin:.7rem 0 0;overflow-wrap:anywhere}
.digest{margin:.2rem 0 0;color:var(--soft)}.digest code{user-select:all}
.lead{margin:.9rem 0 0;max-width:46rem}
.counts{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0 0;padding:0}
.counts li{background:var(--paper);border:1px solid var(--line);border-radius:999px;padding:.1rem .8rem;font-size:.9rem}
.critical,.high{--tone:var(--bad)}.medium,.left{--tone:var(--wait)}.low,.info{--tone:var(--soft)}
.counts strong,.severity{color:var(--tone)}
h2{font-size:1.1rem;margin:0 0 .75rem}
.count{color:var(--soft);font-weight:400;margin:0 .35rem 0 .15rem}
code,pre{font-family:var(--mono);font-size:.86em;overflow-wrap:anywhere}
p{margin:.5rem 0}
.fine{color:var(--soft);font-size:.85rem}.fine code,.policy code,footer code{font-size:.95em}.fine a{color:inherit;overflow-wrap:anywhere}
.severity{font-weight:700;text-transform:uppercase;font-size:.75rem;letter-spacing:.04em}
.finding{border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:6px;margin:.45rem 0}
.finding>summary{cursor:pointer;padding:.5rem .9rem;display:grid;grid-template-columns:4.6rem 1fr;column-gap:.6rem;align-items:baseline;list-style:none}
.finding>summary::-webkit-details-marker{display:none}
.finding>summary:hover{background:var(--sunk)}
.title{font-weight:600;overflow-wrap:anywhere}.title::after{content:"\\25b8";color:var(--soft);font-weight:400;margin-left:.45rem}
.finding[open] .title::after{content:"\\25be"}
.where{grid-column:2;color:var(--soft);font-size:.9rem}
.body{padding:0 .9rem .7rem 6.1rem}.body p:first-child{margin-top:.1rem}
.places{margin:.3rem 0 .5rem;padding-left:1.1rem;max-height:22rem;overflow:auto}.places li{margin:.25rem 0}.own{display:block;color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
.accepted{border-left:3px solid var(--good);padding-left:.6rem}
.proof summary{cursor:pointer;color:var(--soft);font-size:.85rem}
pre{background:var(--sunk);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;margin:.5rem 0 0;white-space:pre-wrap;max-height:18rem;overflow:auto}
dl{margin:0}dt{color:var(--soft);font-size:.9rem}dd{margin:0;overflow-wrap:anywhere}
.unexamined>div{padding:.5rem 0;border-top:1px solid var(--line)}.unexamined dt{color:inherit;font-size:1rem}
.unexamined code{display:inline-block;background:var(--sunk);border:1px solid var(--line);border-radius:5px;padding:0 .4rem;margin:.25rem .25rem 0 0;white-space:normal}
.reasons{margin:0;padding-left:1.1rem}.reasons li{margin:.4rem 0}
.reasons em{display:block;font-style:normal;color:var(--wait)}.policy{color:var(--soft);font-size:.85rem;white-space:nowrap}
.facts>div{display:grid;grid-template-columns:12rem 1fr;align-items:baseline;gap:.1rem 1rem;padding:.35rem 0;border-top:1px solid var(--line)}.reasons+.facts{margin-top:.9rem}
.files>summary{cursor:pointer;list-style:none}.files>summary::-webkit-details-marker{display:none}
.files>summary h2{display:inline-block}.files>summary h2::after{content:"\\25b8";color:var(--soft);font-weight:400;margin-left:.45rem}.files[open]>summary h2::after{content:"\\25be"}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;color:var(--soft);font-weight:500}
th,td{padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:baseline}
td:nth-child(2),.n{white-space:nowrap}.n{text-align:right}
td:last-child code{display:inline-block;max-width:18ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:40rem){
main{padding:.75rem .5rem}article>section,article>header,nav{padding-left:1rem;padding-right:1rem}
.word{font-size:1.8rem}
.finding>summary{grid-template-columns:1fr}.where{grid-column:1}.body{padding-left:.9rem}
.facts>div{grid-template-columns:1fr}.policy{white-space:normal;display:block}
th:nth-child(4),td:nth-child(4){display:none}th:nth-child(3),td:nth-child(3){padding-right:0}}
@media print{body{background:none}article{border:0}.finding>summary,.places li{break-inside:avoid}.places,pre{max-height:none}::details-content{content-visibility:visible;display:block}.title::after{content:""!important}}
`;
