// Hostile strings, which the page must show as plain text. Each script calls `pwned`; each address
// belongs to a host that the page must never request.
const scripts = [
	'<script>pwned()</script>', '"><script>pwned()</script>', '<img src=x onerror=pwned()>', '<img src="http://evil.test/i.png">', '<svg onload=pwned()>',
	'<svg><script>pwned()</script></svg>', '<svg><image href="http://evil.test/s.png"/></svg>', '<svg><use href="http://evil.test/u.svg#a"/></svg>', '<svg><animate onbegin=pwned() attributeName=x dur=1s>',
	'<svg><foreignObject><iframe srcdoc="<script>parent.pwned()</script>"></foreignObject></svg>', '<iframe src="javascript:pwned()"></iframe>', '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
	'<object data="http://evil.test/o"></object>', '<embed src="http://evil.test/e">', '<video src="http://evil.test/v" autoplay></video>', '<audio src="http://evil.test/a" autoplay></audio>',
	'<video><source onerror=pwned() src=x></video>', '<link rel=stylesheet href="http://evil.test/c.css">', '<style>@import "http://evil.test/c.css";body{display:none}</style>', '<base href="http://evil.test/">',
	'<meta http-equiv=refresh content="0;url=http://evil.test/">', '<form action="http://evil.test/"><input autofocus onfocus=pwned()></form>', '<body onload=pwned()>', '<details open ontoggle=pwned()>',
	'<math><mi xlink:href="javascript:pwned()">x</mi></math>', '<a href="javascript:pwned()">x</a>', '<a href="http://evil.test/" ping="http://evil.test/p">x</a>', '<marquee onstart=pwned()>', '<input onfocus=pwned() autofocus>',
	'<template><script>pwned()</script></template>', '<noscript><p title="</noscript><img src=x onerror=pwned()>">', '<textarea></textarea><script>pwned()</script>', '<title></title><script>pwned()</script>',
	'</p></div></article></main><script>pwned()</script>', '<!--><script>pwned()</script>-->', '<![CDATA[<script>pwned()</script>]]>', '<div style="background:url(http://evil.test/b)">', '<div style="position:fixed;inset:0;z-index:99999">over all</div>',
	'<scr<script>ipt>pwned()</scr</script>ipt>', '<IMG SRC=JaVaScRiPt:pwned()>', '&lt;script&gt;pwned()&lt;/script&gt;', '&#60;script&#62;pwned()&#60;/script&#62;', '\\u003cscript\\u003epwned()\\u003c/script\\u003e',
	'{{constructor.constructor("pwned()")()}}', '${pwned()}', '{@html "<script>pwned()</script>"}', '"onmouseover="pwned()', "';pwned();//", '`;pwned();`', 'javascript:pwned()', 'data:text/html,<script>pwned()</script>',
];
const markdown = [
	'![a](http://evil.test/m.png)', '![a](http://evil.test/m.png "t")', '[![a](http://evil.test/m.png)](http://evil.test/)', '![a][r]\n\n[r]: http://evil.test/r.png', '[1]: http://evil.test/ref', '[1]\n\n[1]: javascript:pwned()', '[x](javascript:pwned())',
	'[x](JaVaScRiPt:pwned())', '[x](java\nscript:pwned())', '[x](data:text/html,<script>pwned()</script>)', '[x](vbscript:pwned())', '[x](file:///etc/passwd)', '[x](tauri://localhost/)', '[x](ipc://localhost/hello)', '<http://evil.test/auto>', 'http://evil.test/bare',
	'[x](http://evil.test/ "onclick=pwned()")', '[x]( http://evil.test/?q=<script>pwned()</script> )', '```html\n<script>pwned()</script>\n```', '`<script>pwned()</script>`', '> <img src=x onerror=pwned()>', '- <img src=x onerror=pwned()>', '# <svg onload=pwned()>',
	'| <img src=x onerror=pwned()> | b |\n|---|---|\n| ![a](http://evil.test/t.png) | c |', '**<script>pwned()</script>**', '~~<img src=x onerror=pwned()>~~', '[^1]\n\n[^1]: <script>pwned()</script>', '<details><summary>x</summary>\n\n![a](http://evil.test/d.png)\n\n</details>',
	'[a]: <javascript:pwned()>\n\n[a]', '![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9cHduZWQoKT4=)', '$$\\href{javascript:pwned()}{x}$$', '<!-- ![a](http://evil.test/c.png) -->', '[[1]](http://evil.test/)', '[1][2][3](http://evil.test/)', '\\[1](http://evil.test/)',
];
const shapes = [
	'\u202Egnp.exe', '\u202Eabc\u202C def', '\u2066\u2067\u2068 bidi \u2069', 'مرحبا '.repeat(40), '\u200B'.repeat(400), 'a\u200Db\u200Cc'.repeat(60), 'W'.repeat(3000), '汉'.repeat(3000), '-'.repeat(2000), 'a'.repeat(500) + ' ' + 'b'.repeat(500), '\u0301'.repeat(300),
	'Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319\u0324\u031E\u0349\u035A'.repeat(60), '\n'.repeat(300), '\t'.repeat(300), ' '.repeat(3000), '\u00A0'.repeat(800), '\u2028\u2029'.repeat(50), '\u0000\u0001\u0007\u001b[31m', '👩‍👩‍👧‍👦'.repeat(200), '\ufeff\ufffe', '..%2f..%2fetc%2fpasswd',
	'%00%0d%0aSet-Cookie: a=b', 'CON.txt', 'a/b\\c:d*e?f"g<h>i|j', '﷽'.repeat(80), '𒐫'.repeat(80), '\u202D\u202E'.repeat(100), '()[]{}<>'.repeat(200), '[1]'.repeat(400), '[1,2,3,4,5,6,7,8,9]'.repeat(50), 'http://' + 'x'.repeat(1500) + '.test/', '\u2800'.repeat(400),
];
/** The same strings inside English, Chinese and Markdown text. */
const dressed = scripts.slice(0, 40).flatMap((text) => [`before ${text} after`, `查看${text}详情。`]);
const shouted = markdown.slice(0, 14).map((text) => `Ottilie Brandvold died.\n\n${text}\n\nSee also.`);

export const hostile = [...scripts, ...markdown, ...shapes, ...dressed, ...shouted];
