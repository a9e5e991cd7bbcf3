// The parts of Discord's markdown that are used here, as elements.

import { h } from "./dom.js";
import { store } from "./store.js";
import { relative, told } from "./times.js";

const INLINE = new RegExp(
  [
    /\\([*_~`|\\>#[\]()<-])/, // 1 escaped
    /`([^`\n]+)`/, // 2 code
    /\*\*([^]+?)\*\*(?!\*)/, // 3 bold
    /__([^]+?)__/, // 4 underlined
    /~~([^]+?)~~/, // 5 struck out
    /\|\|([^]+?)\|\|/, // 6 spoiler
    /\*(?![\s*])([^*]+?)\*/, // 7 italic
    /(?<!\w)_(?!\s)([^_]+?)_(?!\w)/, // 8 italic
    /<t:(-?\d+)(?::([tTdDfFR]))?>/, // 9, 10 a time
    /<@!?(\d+)>/, // 11 a person
    /<@&(\d+)>/, // 12 a role
    /<#(\d+)>/, // 13 a channel
    /<\/([^:>]+):\d+>/, // 14 a command
    /\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, // 15, 16 a link with a text
    /<?(https?:\/\/[^\s<>]*[^\s<>.,:;!?)'"])>?/, // 17 a bare link
  ].map((one) => one.source).join("|"),
  "g",
);
const JUMP = /^https:\/\/discord\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?$/;

const name = (kind, id, otherwise) => store.state?.names[kind][id] ?? otherwise;
const mention = (text, mine) => h("span", { class: mine ? "mention mine" : "mention" }, text);

function link(text, address) {
  const jump = JUMP.exec(address);
  if (!jump) return h("a", { href: address, target: "_blank", rel: "noreferrer noopener" }, text);
  const shown = text === address ? `#${name("channels", jump[1], "a channel you do not see")} › message` : text;
  return h("a", { href: "#", class: "mention", data: { channel: jump[1], message: jump[2] ?? "" } }, shown);
}

function spoiler(text) {
  const cover = h("button", { type: "button", class: "spoiler" }, "Hidden, press to read");
  cover.addEventListener("click", () => cover.replaceWith(h("span", {}, inline(text))), { once: true });
  return cover;
}

function time(seconds, style) {
  const when = new Date(seconds * 1000);
  const shown = style === "R" ? relative(when) : told(when, style ?? "f");
  return h("time", { dateTime: when.toISOString(), title: told(when, "F") }, shown);
}

function piece(m) {
  if (m[1]) return m[1];
  if (m[2]) return h("code", {}, m[2]);
  if (m[3]) return h("strong", {}, inline(m[3]));
  if (m[4]) return h("u", {}, inline(m[4]));
  if (m[5]) return h("s", {}, inline(m[5]));
  if (m[6]) return spoiler(m[6]);
  if (m[7] ?? m[8]) return h("em", {}, inline(m[7] ?? m[8]));
  if (m[9]) return time(Number(m[9]), m[10]);
  if (m[11]) return mention(`@${name("users", m[11], "somebody")}`, name("users", m[11]) === store.as);
  if (m[12]) return mention(`@${name("roles", m[12], "deleted-role")}`);
  if (m[13]) {
    const shown = `#${name("channels", m[13], "deleted-channel")}`;
    return h("a", { href: "#", class: "mention", data: { channel: m[13], message: "" } }, shown);
  }
  if (m[14]) return mention(`/${m[14]}`);
  if (m[15]) return link(m[15], m[16]);
  return link(m[17], m[17]);
}

/** One run of text, as nodes. */
export function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, found.index), piece(found));
    end = found.index + found[0].length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((one) => one !== "");
}

const HEADING = /^(#{1,3}) +(.+)$/;
const SMALL = /^-# +(.+)$/;
const ITEM = /^( *)(?:[-*]|(\d+)\.) +(.+)$/;
const QUOTE = /^> ?(.*)$/;

/** A whole text, as elements. */
export function markdown(text) {
  const blocks = [];
  const lines = text.split("\n");
  let at = 0;
  const take = (pattern) => {
    const found = [];
    while (at < lines.length && pattern.test(lines[at])) found.push(pattern.exec(lines[at++]));
    return found;
  };
  while (at < lines.length) {
    const line = lines[at];
    if (line.startsWith("```")) {
      const stop = lines.findIndex((other, i) => i > at && other.trimEnd().endsWith("```"));
      const last = stop < 0 ? lines.length : stop;
      blocks.push(h("pre", {}, h("code", {}, lines.slice(at + 1, last).join("\n"))));
      at = last + 1;
    } else if (HEADING.test(line)) {
      const [, marks, words] = HEADING.exec(line);
      blocks.push(h("h3", { class: `size-${marks.length}` }, inline(words)));
      at += 1;
    } else if (SMALL.test(line)) {
      blocks.push(h("p", { class: "small" }, inline(SMALL.exec(line)[1])));
      at += 1;
    } else if (QUOTE.test(line)) {
      blocks.push(h("blockquote", {}, markdown(take(QUOTE).map((one) => one[1]).join("\n"))));
    } else if (ITEM.test(line)) {
      blocks.push(list(take(ITEM)));
    } else {
      const start = at;
      const plain = (other) => ![HEADING, SMALL, QUOTE, ITEM].some((one) => one.test(other)) && !other.startsWith("```");
      while (at < lines.length && plain(lines[at])) at += 1;
      const words = lines.slice(start, at).join("\n").trim();
      if (words) blocks.push(h("p", {}, inline(words)));
    }
  }
  return blocks;
}

function list(items) {
  const made = h(items[0][2] ? "ol" : "ul", items[0][2] ? { start: Number(items[0][2]) } : {});
  for (const [, indent, , words] of items) {
    made.append(h("li", { class: indent ? "inner" : "" }, inline(words)));
  }
  return made;
}
