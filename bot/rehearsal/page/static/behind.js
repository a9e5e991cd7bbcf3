// The drawer: what happened and why, what is due, what somebody will be shown, the bot's own log.

import { byId, fill, h } from "./dom.js";
import { get } from "./net.js";
import { me, store } from "./store.js";
import { city, clockIn, dayIn, isoDayIn, now } from "./times.js";

const drawer = byId("behind");
const opener = byId("open-behind");
const TABS = { events: "What happened", posts: "Posts", ahead: "Coming days", bot: "Bot’s log" };
const MOST = 400;
let tab = "events";
let rows = [];
let next = 0;
let group = "all";
let busy = false;
let again = false;

const panel = h("div", { id: "behind-panel", role: "tabpanel", tabIndex: 0 });

function build() {
  const tabs = Object.entries(TABS).map(([key, label]) => h("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-controls": "behind-panel", "aria-selected": String(key === tab), tabIndex: key === tab ? 0 : -1, data: { key }, onclick: () => choose(key) }, label));
  const bar = h("div", { role: "tablist", "aria-label": "Behind the scenes", onkeydown: arrows }, tabs);
  fill(drawer, h("div", { class: "dialog-top" }, h("h2", {}, "Behind the scenes"), h("button", { type: "button", class: "icon", onclick: toggle }, "Close")), bar, panel);
  panel.setAttribute("aria-labelledby", `tab-${tab}`);
}

function arrows(event) {
  const keys = Object.keys(TABS);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  choose(keys[(keys.indexOf(tab) + step + keys.length) % keys.length]);
  drawer.querySelector("[aria-selected=true]").focus();
}

function choose(key) {
  tab = key;
  build();
  fill(panel, h("p", {}, "…"));
  ahead.day = null;
  refresh();
}

export function toggle() {
  drawer.hidden = !drawer.hidden;
  opener.setAttribute("aria-expanded", String(!drawer.hidden));
  document.body.classList.toggle("behind-open", !drawer.hidden);
  if (drawer.hidden) return opener.focus();
  choose(tab);
  drawer.querySelector("[aria-selected=true]").focus();
}

/** Another rehearsal: forget what was shown. */
export function resetBehind() {
  rows = [];
  next = 0;
  if (!drawer.hidden) choose(tab);
}

/** Something happened; show it if the drawer is open. */
export async function refresh() {
  if (drawer.hidden || !store.stage) return;
  if (busy) return void (again = true);
  busy = true;
  try {
    await { events, posts, ahead, bot }[tab]();
  } catch (error) {
    fill(panel, h("p", { class: "error" }, error.message));
  } finally {
    busy = false;
    if (again) {
      again = false;
      setTimeout(refresh, 200);
    }
  }
}

// what happened

async function events() {
  const found = await get("behind/events", { after: next });
  rows = [...rows.filter((one) => one.n < next), ...found.rows].slice(-MOST);
  next = found.next;
  if (tab !== "events") return;
  const kept = rows.filter((one) => group === "all" || (group === "staff" ? one.staff : one.group === group)).reverse();
  const select = h("select", { id: "behind-group", data: { key: "group" }, onchange: (event) => { group = event.target.value; refresh(); } },
    [["all", "everything"], ["people", "what people do"], ["bot", "what the bot shows"], ["staff", "what staff see"], ["trouble", "the bot and trouble"], ["server", "the server"]].map(([value, label]) => h("option", { value, selected: value === group }, label)));
  fill(panel, h("p", {}, h("label", { for: "behind-group" }, "Show "), select), h("ol", { class: "plain events" }, kept.map(row)), download());
}

function row(one) {
  const when = new Date(one.at);
  const zone = store.state.clock.zone;
  return h("li", { class: one.group },
    h("p", {}, h("time", { dateTime: one.at, class: "small" }, `${dayIn(when, zone).split(" ")[0].slice(0, 3)} ${clockIn(when, zone)} `), one.sentence, one.silent ? h("span", { class: "tag" }, "silent") : null, one.pinged?.length ? h("span", { class: "tag" }, `notifies ${one.pinged.join(", ")}`) : null),
    one.text ? h("p", { class: "small said" }, one.text) : null,
    one.rules ? h("p", { class: "small rules" }, rules(one.rules)) : null);
}

function rules({ level, categories, rules: fired, quieted }) {
  const hushed = quieted.length ? ` Quieted: ${quieted.join(", ")}.` : "";
  return level ? `Screening: level ${level}, ${categories.join(", ")}. Rules: ${fired.join(", ")}.${hushed}` : `Screening: nothing.${hushed}`;
}

function download() {
  const box = h("input", { type: "checkbox", data: { key: "with-text" } });
  const link = h("a", { class: "button", download: "rehearsal.jsonl", data: { key: "download" } }, "Download as JSON Lines");
  const aim = () => (link.href = `/page/log.jsonl?${new URLSearchParams({ stage: store.stage, text: box.checked ? "yes" : "no" })}`);
  box.checked = download.text ?? false;
  box.addEventListener("change", () => { download.text = box.checked; aim(); });
  aim();
  return h("p", { class: "download" }, h("label", { class: "choice" }, box, h("span", {}, "with what was written")), link);
}

// what is due

async function posts() {
  const found = await get("behind/posts");
  if (tab !== "posts") return;
  if (!found.posts.length) return fill(panel, h("p", {}, "Nothing is planned yet. A cohort begins with /cohort create."));
  const cells = found.posts.map((one) => {
    const when = new Date(one.due_at);
    return h("tr", { class: one.state }, h("td", {}, `${dayIn(when, one.zone).replace(/ \d{4}$/, "")}, ${clockIn(when, one.zone)}`), h("td", {}, `${one.name}: ${one.kind}`), h("td", {}, one.state, one.reason ? h("span", { class: "small" }, ` ${one.reason}`) : null));
  });
  const head = h("thead", {}, h("tr", {}, ["Due (cohort’s time)", "Post", "State"].map((one) => h("th", { scope: "col" }, one))));
  const zones = found.cohorts.map((one) => `${one.name}: ${clockIn(now(), one.zone)} in ${city(one.zone)}`).join("; ");
  fill(panel, h("p", { class: "small" }, zones), h("table", {}, h("caption", { class: "unseen" }, "Posts by the time they are due"), head, h("tbody", {}, cells)));
}

// what somebody will be shown

async function ahead() {
  const zone = store.state.clock.zone;
  ahead.day ??= isoDayIn(new Date(now().getTime() + 86400000), zone);
  const found = await get("behind/ahead", { day: ahead.day });
  if (tab !== "ahead") return;
  const input = h("input", { type: "date", id: "ahead-day", value: ahead.day, data: { key: "ahead-day" }, onchange: (event) => { if (event.target.value) { ahead.day = event.target.value; refresh(); } } });
  const mine = me()?.zone ?? zone;
  const items = found.posts.map((one) => {
    const when = new Date(one.at);
    const own = mine === one.zone ? "" : ` (${clockIn(when, mine)} for ${store.as}, in ${city(mine)})`;
    return h("li", {}, h("p", {}, h("strong", {}, `${clockIn(when, one.zone)} ${one.cohort}, ${one.kind}`), `${own} `, h("span", { class: "tag" }, one.state), one.reason ? ` ${one.reason}` : ""), h("ul", {}, one.parts.map((part) => h("li", {}, part))));
  });
  const none = h("p", {}, `${store.as} is in no cohort that gets a post that day.`);
  fill(panel, h("p", {}, h("label", { for: "ahead-day" }, `What will ${store.as} see on `), input), items.length ? h("ul", { class: "plain events" }, items) : none, h("p", { class: "small" }, "As things stand now, from the cohort’s schedule and the content as it is shipped."));
}

async function bot() {
  const found = await get("behind/bot");
  if (tab !== "bot") return;
  const items = found.lines.map((one) => h("li", {}, h("p", {}, one.event, one.level === "info" ? null : h("span", { class: "tag" }, one.level)), one.more ? h("p", { class: "small" }, one.more) : null));
  fill(panel, h("p", { class: "small" }, "What a host reads: never what somebody wrote. Newest first."), items.length ? h("ol", { class: "plain events" }, items) : h("p", {}, "It has logged nothing."));
}

opener.addEventListener("click", toggle);
drawer.addEventListener("keydown", (event) => event.key === "Escape" && toggle());
