/** The style sheet of the demonstration's pages. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 1.0625rem/1.5 Arial, sans-serif; color: #212b32; background: #f0f4f5; overflow-wrap: anywhere; }
header, main { max-width: 44rem; margin: 0 auto; padding: 0 1rem; }
.notice { margin: 1rem 0; padding: .75rem 1rem; background: #fff9c4; border-left: .5rem solid #7c5d00; }
nav a { display: inline-block; margin-right: 1rem; padding: .5rem 0; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.375rem; margin-top: 2rem; }
h3 { font-size: 1.125rem; margin: 0; }
a { color: #005eb8; }
a:focus, button:focus, input:focus, select:focus, textarea:focus { outline: 3px solid #212b32; outline-offset: 2px; }
.skip { position: absolute; left: -999em; }
.skip:focus { left: 1rem; background: #fff; padding: .5rem; }
article, .card, form { background: #fff; border: 1px solid #768692; padding: 1rem; margin: 0 0 1rem; }
article p, .card p { margin: .5rem 0; white-space: pre-line; }
.small { color: #4c6272; font-size: .9375rem; }
.avatar { float: left; width: 3rem; height: 3rem; object-fit: cover; margin: 0 .75rem .5rem 0; }
figure { margin: .75rem 0; clear: both; }
figure img { display: block; max-width: 100%; height: auto; }
figcaption { color: #4c6272; font-size: .9375rem; }
label { display: block; font-weight: bold; margin-top: .75rem; }
input, select, textarea { width: 100%; font: inherit; padding: .5rem; border: 2px solid #212b32; background: #fff; color: #212b32; }
input[type=checkbox] { width: 1.5rem; height: 1.5rem; vertical-align: middle; }
button { font: inherit; font-weight: bold; margin: 1rem .75rem 0 0; padding: .625rem 1rem; border: 0; background: #00703c; color: #fff; cursor: pointer; }
button.quiet { background: #4c6272; }
table { width: 100%; border-collapse: collapse; background: #fff; }
th, td { text-align: left; padding: .5rem; border-bottom: 1px solid #aeb7bd; vertical-align: top; }
ul.plain { list-style: none; margin: 0; padding: 0; }
`;
