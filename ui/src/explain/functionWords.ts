/**
 * Words that carry grammar and no content, in the two languages of the screen. They stand in nearly every passage, so marking them
 * says nothing about why a passage was found.
 */
const english =
	'a about after all also am an and any are as at be because been before being between but by can could did do does doing each for from had has have having he her here his how i if in into is it its just may me might more most my no nor not now of off on once only or other our out over own per she should so some such than that the their them then there these they this those through to too under until up upon us very was we were what when where which while who whom whose why will with would you your';
const chinese =
	'的 了 着 过 得 地 是 在 有 和 与 及 或 而 且 并 但 也 都 就 还 又 很 更 最 不 没 没有 把 被 将 对 对于 关于 为 为了 因 因为 所以 以 由 从 到 向 于 给 让 使 用 之 其 此 该 这 那 这个 那个 这些 那些 这里 那里 它 他 她 我 你 您 他们 她们 它们 我们 你们 谁 什么 哪 哪个 哪些 哪里 哪一 何 何时 何地 怎 怎么 怎样 如何 为什么 为何 多少 几 吗 呢 吧 啊 呀 一 一个 个 年 月 日 时 时候 中 上 下 里 内 外 后 前 等 则 若 如果 可 可以 能 会 要 应 应该 请 请问';

export const functionWords: ReadonlySet<string> = new Set([...english.split(' '), ...chinese.split(' ')]);
